//! salvo-oapi: what documents say of handlers with `#[endpoint]`.
//!
//! ```
//! use auth_salvo::oapi::describe;
//! use auth_salvo::{Auth, AuthHoop, Principal, Realm, Refusal, requires_auth};
//! use salvo::oapi::{OpenApi, endpoint};
//! use salvo::prelude::*;
//! # use auth_core::credential::BearerToken;
//! # use auth_core::{Attempt, Claims, Reason, Verified, Verifier, VerifyError};
//! # struct Tokens;
//! # impl Verifier<BearerToken> for Tokens {
//! #     type Value = Claims;
//! #     async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
//! #         Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
//! #     }
//! # }
//!
//! #[derive(Clone, Principal)]
//! struct User {
//!     #[principal(subject)]
//!     id: String,
//! }
//!
//! /// Lists the caller's items.
//! #[requires_auth(bearer, scope = "items:read")]
//! #[endpoint]
//! async fn items(user: Auth<User>) -> Result<String, Refusal> {
//!     Ok(format!("the items of {}", user.id))
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let tokens = Tokens;
//! let realm = Realm::<User>::builder("demo").bearer(tokens).build()?;
//! let router = Router::with_path("items").get(items);
//! let document = describe(OpenApi::new("items", "1").merge_router(&router), &[&realm]);
//! assert!(document.to_json()?.contains(r#""security":[{"bearer":["items:read"]}]"#));
//!
//! let router = router.hoop(AuthHoop::new(realm)).push(document.into_router("openapi.json"));
//! # Ok(())
//! # }
//! ```
//!
//! The attribute stands **above** `#[endpoint]`; the other order does not compile.
//!
//! The guard documents the alternatives with their scopes (`security`), the refusals (400, 401, 403 or 404, 429, 503)
//! and, where the policy asks for more than scopes, the policy in print (`x-auth-policy`). Where each realm's credentials
//! travel only the realm knows: [`describe`] adds it.

use std::fmt::Debug;

use auth_core::openapi::{self, Security, SecurityScheme};
use auth_core::policy::{Policy, Schemes};
use auth_core::{AnyRealm, EndpointPolicy};
use salvo::extract::Metadata;
use salvo::oapi::security::{self, ApiKey, ApiKeyValue, Http, HttpAuthScheme};
use salvo::oapi::{
    Components, EndpointArgRegister, EndpointOutRegister, OpenApi, Operation, RefOr, Response, SecurityRequirement,
};
use salvo::{Depot, Extractible, Request, Writer};
use serde_json::Value;

use crate::auth::{Auth, Refusal};
use crate::require::Require;

impl<E: EndpointPolicy> EndpointArgRegister for Require<E> {
    fn register(components: &mut Components, operation: &mut Operation, _: &str) {
        let policy = &E::ENDPOINT.policy;
        for (name, scheme) in openapi::well_known_schemes(policy) {
            components.security_schemes.insert(name.to_owned(), scheme_object(scheme));
        }
        let alternatives = openapi::security(policy, &[]).into_iter().map(|alternative| match alternative {
            Security::Scheme(name, scopes) => SecurityRequirement::new(name, scopes),
            Security::Guest => SecurityRequirement::default(),
        });
        operation.securities.get_or_insert_default().extend(alternatives);
        for (status, phrase) in openapi::refusals(policy) {
            operation.responses.entry(status.to_string()).or_insert_with(|| Response::new(phrase).into());
        }
        if let Some(printed) = openapi::extension(policy) {
            operation.extensions.insert(openapi::POLICY_EXTENSION.to_owned(), printed.into());
        }
    }
}

/// The guard has said everything.
impl<P> EndpointArgRegister for Auth<P> {
    fn register(_: &mut Components, _: &mut Operation, _: &str) {}
}

/// The guard has said everything.
impl EndpointOutRegister for Refusal {
    fn register(_: &mut Components, _: &mut Operation) {}
}

/// The principal of a request, or a guest, for an `#[endpoint]` with `optional`: there it stands for
/// `Option<Auth<P>>`, which salvo-oapi does not take.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "an option under another name")]
pub struct OptionalAuth<P>(pub Option<Auth<P>>);

impl<'ex, P: Send + Sync + 'static> Extractible<'ex> for OptionalAuth<P> {
    fn metadata() -> &'static Metadata {
        Auth::<P>::metadata()
    }

    async fn extract(
        request: &'ex mut Request,
        depot: &'ex mut Depot,
    ) -> Result<Self, impl Writer + Send + Debug + 'static> {
        Auth::find(request, depot).await.map(Self)
    }
}

impl<P> EndpointArgRegister for OptionalAuth<P> {
    fn register(_: &mut Components, _: &mut Operation, _: &str) {}
}

/// Completes a document by where the credentials of its realms travel: `securitySchemes`, by the names of the schemes;
/// of two of one name the first stands. `any_scheme` becomes the schemes of the first realm.
#[must_use]
pub fn describe(mut document: OpenApi, realms: &[&dyn AsRef<AnyRealm>]) -> OpenApi {
    let realms: Vec<&AnyRealm> = realms.iter().map(|realm| (*realm).as_ref()).collect();
    for (name, scheme) in realms.iter().rev().flat_map(|realm| openapi::security_schemes(realm)) {
        document.components.security_schemes.insert(name.to_owned(), scheme_object(scheme));
    }
    let operations = document.paths.values_mut().flat_map(|path| path.operations.values_mut());
    for alternatives in operations.filter_map(|operation| operation.securities.as_mut()) {
        resolve_any_scheme(alternatives, &realms);
    }
    document
}

/// Puts the schemes of the first realm in place of `any_scheme`.
fn resolve_any_scheme(alternatives: &mut Vec<SecurityRequirement>, realms: &[&AnyRealm]) {
    for alternative in std::mem::take(alternatives) {
        // A requirement object tells what it requires to serializers only.
        let scopes = serde_json::to_value(&alternative)
            .ok()
            .and_then(|mut object| object.get_mut("any_scheme").map(Value::take));
        match scopes.and_then(|scopes| serde_json::from_value::<Vec<String>>(scopes).ok()) {
            Some(scopes) => {
                for scheme in openapi::security(&Policy::new(Schemes::Any), realms) {
                    let Security::Scheme(name, _) = scheme else { continue };
                    alternatives.push(SecurityRequirement::new(name, scopes.clone()));
                }
            }
            None => alternatives.push(alternative),
        }
    }
}

fn scheme_object(scheme: SecurityScheme<'_>) -> RefOr<security::SecurityScheme> {
    let api_key = |place, name| match place {
        "query" => ApiKey::Query(ApiKeyValue::new(name)),
        "cookie" => ApiKey::Cookie(ApiKeyValue::new(name)),
        _ => ApiKey::Header(ApiKeyValue::new(name)),
    };
    let http = |scheme| RefOr::Type(security::SecurityScheme::Http(Http::new(scheme)));
    match scheme {
        SecurityScheme::Http(name) => match &*name {
            "bearer" => http(HttpAuthScheme::Bearer),
            "basic" => http(HttpAuthScheme::Basic),
            // salvo-oapi knows no names of an application's own.
            _ => api_key("header", "Authorization").into(),
        },
        SecurityScheme::ApiKey { place, name } => api_key(place, name).into(),
    }
}
