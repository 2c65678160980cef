//! What OpenAPI documents say of policies and realms.
//!
//! Generators differ, so adapters write what stands here with the types of theirs. Schemes are alternatives in a
//! document as in a policy: one requirement object for each. Scopes can be said there; roles, factors, checks and
//! alternatives of them cannot, so a policy that has any is printed, as [`POLICY_EXTENSION`].

use std::borrow::Cow;

use crate::evaluate::scope_names;
use crate::policy::{Policy, Requirement, Schemes};
use crate::realm::AnyRealm;
use crate::refusal::reason_phrase;
use crate::scheme::{Basic, Bearer, Field, Scheme as _, SchemeId};

/// The name of the member of an operation that prints its policy.
pub const POLICY_EXTENSION: &str = "x-auth-policy";

/// A requirement object: one way to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a requirement object of ours has one scheme or none")]
pub enum Security {
    /// A credential of the scheme of that name, good for these scopes.
    Scheme(&'static str, Vec<&'static str>),
    /// No credential at all.
    Guest,
}

/// A security scheme object: how a credential travels.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "adapters match every kind, so a new one must be a breaking change")]
pub enum SecurityScheme<'s> {
    /// `type: http`, with the name of the auth-scheme in lower case.
    Http(Cow<'s, str>),
    /// `type: apiKey`.
    ApiKey {
        /// `header`, `query` or `cookie`.
        place: &'static str,
        /// The name of the field, parameter or cookie.
        name: &'s str,
    },
}

/// The alternatives of a policy, in its order; none for a public one.
///
/// `any_scheme` means the schemes of a realm: that of the policy's name among the given ones, or the first. Without one
/// it stands by that name.
///
/// # Examples
///
/// ```
/// use auth_core::openapi::{Security, security};
/// use auth_core::policy::{Name, Policy, Requirement, SchemeUse, Schemes};
/// use auth_core::{Basic, Bearer};
///
/// let policy = Policy::listed(const { &[SchemeUse::of::<Bearer>(), SchemeUse::of::<Basic>()] })
///     .require(Requirement::Scope(Name::Text("items:read")));
/// let expected = ["bearer", "basic"].map(|scheme| Security::Scheme(scheme, vec!["items:read"]));
/// assert_eq!(security(&policy, &[]), expected);
/// assert!(security(&Policy::public("health check"), &[]).is_empty());
/// ```
#[must_use]
pub fn security(policy: &Policy, realms: &[&AnyRealm]) -> Vec<Security> {
    if policy.public.is_some() {
        return Vec::new();
    }
    let scopes = scope_names(&policy.requirement);
    let realm = realms.iter().find(|realm| policy.realm.is_none_or(|name| realm.name() == name));
    let names = match (&policy.schemes, realm) {
        (Schemes::Any, Some(realm)) => {
            let schemes = realm.inner().schemes.iter().filter(|entry| !entry.carrier.is_explicit_only());
            schemes.map(|entry| entry.id.name()).collect()
        }
        _ => policy.scheme_names(),
    };
    let schemes = names.into_iter().map(|name| Security::Scheme(name, scopes.clone()));
    schemes.chain(policy.optional.then_some(Security::Guest)).collect()
}

/// The refusals that callers of a policy's handler have to expect, with their reason phrases: 400, for two credentials
/// at once; 401; 403, or 404 where it hides; 429 where a secret can be guessed; 503 while a store or a key server cannot
/// answer.
#[must_use]
pub fn refusals(policy: &Policy) -> Vec<(u16, &'static str)> {
    if policy.public.is_some() {
        return Vec::new();
    }
    let can_be_guessed = match policy.schemes {
        Schemes::Any => true,
        Schemes::Listed(uses) => uses.iter().any(super::policy::SchemeUse::is_guessable),
    };
    // 403 without a requirement too: the handler may ask about objects.
    let refused =
        [Some(400), Some(401), Some(if policy.hide { 404 } else { 403 }), can_be_guessed.then_some(429), Some(503)];
    refused.into_iter().flatten().map(|status| (status, reason_phrase(status))).collect()
}

/// The policy in print, if its requirement is more than scopes that all have to be held.
#[must_use]
pub fn extension(policy: &Policy) -> Option<String> {
    fn is_scopes(requirement: &Requirement) -> bool {
        match requirement {
            Requirement::None | Requirement::Scope(_) => true,
            Requirement::All(parts) => parts.iter().all(is_scopes),
            _ => false,
        }
    }
    (!is_scopes(&policy.requirement)).then(|| policy.to_string())
}

/// The schemes of a realm, in its order, by the names that policies give them.
///
/// # Examples
///
/// ```
/// use auth_core::api_keys::{ApiKeyRecord, ApiKeyStore, ApiKeyVerifier, StoreError};
/// use auth_core::credential::{ApiKeyId, ApiKeyPrefix};
/// use auth_core::openapi::{SecurityScheme, security_schemes};
/// use auth_core::{ApiKeyIn, Realm, Verifier as _};
///
/// struct NoKeys;
/// impl ApiKeyStore for NoKeys {
///     async fn find(&self, _: ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> { Ok(None) }
/// }
///
/// let keys = ApiKeyVerifier::new(ApiKeyPrefix::new("acme")?, NoKeys).map(|_, _| ());
/// let realm = Realm::<()>::builder("acme").api_key(ApiKeyIn::header("X-API-TOKEN"), keys).build()?;
/// let api_key = SecurityScheme::ApiKey { place: "header", name: "X-API-TOKEN" };
/// assert_eq!(security_schemes(realm.as_ref()).collect::<Vec<_>>(), [("api_key", api_key)]);
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
pub fn security_schemes(realm: &AnyRealm) -> impl Iterator<Item = (&'static str, SecurityScheme<'_>)> {
    realm.inner().schemes.iter().map(|entry| {
        let object = if let Field::Authorization(name) = &entry.carrier.field {
            SecurityScheme::Http(Cow::Owned(name.to_ascii_lowercase()))
        } else {
            let (place, name) = entry.carrier.place();
            SecurityScheme::ApiKey { place, name }
        };
        (entry.id.name(), object)
    })
}

/// Those schemes of a policy that are the same in every realm: `bearer` and `basic`. The others need
/// [`security_schemes`].
pub fn well_known_schemes(policy: &Policy) -> impl Iterator<Item = (&'static str, SecurityScheme<'static>)> {
    let listed: &[_] = match policy.schemes {
        Schemes::Any => &[],
        Schemes::Listed(uses) => uses,
    };
    let known = [(SchemeId::of::<Bearer>(), Bearer::NAME), (SchemeId::of::<Basic>(), Basic::NAME)];
    listed.iter().filter_map(move |scheme| {
        let (_, name) = known.iter().find(|(id, _)| *id == scheme.id())?;
        Some((*name, SecurityScheme::Http(Cow::Borrowed(*name))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::Credential;
    use crate::verifier::{Attempt, Reason, Verifier, VerifyError};
    use crate::{Realm, Scheme, Verified};

    #[derive(Scheme)]
    #[scheme(authorization = "DPoP")]
    struct Bound;

    struct Nobody;

    impl<C: Credential> Verifier<C> for Nobody {
        type Value = ();

        async fn verify(&self, _: C, _: Attempt) -> Result<Verified<()>, VerifyError> {
            Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
        }
    }

    #[test]
    fn names_of_auth_schemes_are_in_lower_case() {
        let realm = Realm::<()>::builder("api").bearer(Nobody).scheme(Bound, Nobody).build().expect("a realm");
        let told: Vec<_> = security_schemes(realm.as_ref()).collect();
        let http = |name: &'static str| SecurityScheme::Http(Cow::Borrowed(name));
        assert_eq!(told, [("bearer", http("bearer")), ("bound", http("dpop"))]);
    }
}
