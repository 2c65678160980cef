//! What a verifier found out: the facts that policies read.

use std::time::{Duration, SystemTime};

use crate::text::Text;

/// What is known of an authenticated party, whichever credential proved it.
///
/// Policies read facts and nothing else, so the same policy holds for a token, a password and an API key.
/// Texts compare by bytes, case included. Those of one token share its memory: whoever keeps one for long keeps its
/// `to_string()`, see [`Text`].
///
/// # Examples
///
/// ```
/// use auth_core::Facts;
///
/// let facts = Facts::new("alice").with_scopes(["items:read"]).with_roles(["user"]);
/// assert!(facts.has_scope("items:read") && facts.has_role("user"));
/// assert!(!facts.has_scope("items:write"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// Who it is; unique within its issuer.
    pub subject: Text,
    /// Who says so; `None` for accounts and keys of the application itself.
    pub issuer: Option<Text>,
    /// What the credential permits.
    pub scopes: Vec<Text>,
    /// What the party is.
    pub roles: Vec<Text>,
    /// How the party proved who it is.
    pub factors: Vec<Factor>,
    /// When the party last proved who it is.
    pub auth_time: Option<SystemTime>,
    /// From when on the credential is refused.
    pub expires_at: Option<SystemTime>,
    /// The public id of the credential, for logs and revocation: a `jti` or a key id, never a secret.
    pub credential_id: Option<Text>,
}

/// One proof of identity, named as in RFC 8176 (`pwd`, `otp`, ...).
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
/// use auth_core::{Factor, Facts};
///
/// let now = SystemTime::now();
/// let facts = Facts::new("alice").with_factor(Factor::new("pwd")).with_factor(Factor::new("otp").at(now));
/// assert_eq!(facts.factors[1].method, "otp");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Factor {
    /// The method's name.
    pub method: Text,
    /// When it was used, where that is known.
    pub at: Option<SystemTime>,
}

impl Factor {
    /// A proof by `method`, at a time that is not known.
    #[must_use]
    pub fn new(method: impl Into<Text>) -> Self {
        Self { method: method.into(), at: None }
    }

    /// The same proof, given at `time`.
    #[must_use]
    pub fn at(mut self, time: SystemTime) -> Self {
        self.at = Some(time);
        self
    }
}

impl Facts {
    /// Facts of `subject`, without any permission.
    #[must_use]
    pub fn new(subject: impl Into<Text>) -> Self {
        Self { subject: subject.into(), ..Self::default() }
    }

    /// Names the issuer.
    #[must_use]
    pub fn with_issuer(mut self, issuer: impl Into<Text>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Adds scopes.
    #[must_use]
    pub fn with_scopes<S: Into<Text>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// Adds roles.
    #[must_use]
    pub fn with_roles<S: Into<Text>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.roles.extend(roles.into_iter().map(Into::into));
        self
    }

    /// Adds a proof of identity.
    #[must_use]
    pub fn with_factor(mut self, factor: Factor) -> Self {
        self.factors.push(factor);
        self
    }

    /// Says when the party last proved who it is.
    #[must_use]
    pub fn with_auth_time(mut self, time: SystemTime) -> Self {
        self.auth_time = Some(time);
        self
    }

    /// Says from when on the credential is refused.
    #[must_use]
    pub fn with_expiry(mut self, time: SystemTime) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// Names the credential by its public id.
    #[must_use]
    pub fn with_credential_id(mut self, id: impl Into<Text>) -> Self {
        self.credential_id = Some(id.into());
        self
    }

    /// Whether the other facts are of the same party by the same kind of credential, at whatever time each was proved.
    pub(crate) fn are_alike(&self, other: &Self) -> bool {
        let Self { subject, issuer, scopes, roles, factors, auth_time: _, expires_at: _, credential_id } = self;
        (subject, issuer, scopes, roles, credential_id)
            == (&other.subject, &other.issuer, &other.scopes, &other.roles, &other.credential_id)
            && factors.iter().map(|factor| &factor.method).eq(other.factors.iter().map(|factor| &factor.method))
    }

    /// Whether the credential permits `scope`.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }

    /// Whether the party is a `role`.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|held| held == role)
    }

    /// Whether the party used `method`, and not longer than `within` before `now`.
    ///
    /// A proof without a time of its own counts from [`auth_time`](Self::auth_time); where neither is known it is
    /// never fresh. Clocks differ: a time up to 60 seconds ahead counts as now, one further ahead is not fresh.
    #[must_use]
    pub fn has_factor(&self, method: &str, within: Option<Duration>, now: SystemTime) -> bool {
        self.factors.iter().filter(|factor| factor.method == method).any(|factor| {
            within.is_none_or(|within| {
                factor.at.or(self.auth_time).and_then(|at| age(at, now)).is_some_and(|age| age <= within)
            })
        })
    }
}

/// How far clocks may differ.
const MAX_AHEAD: Duration = Duration::from_mins(1);

/// How long ago `at` was; `None` if it is too far ahead.
fn age(at: SystemTime, now: SystemTime) -> Option<Duration> {
    match now.duration_since(at) {
        Ok(age) => Some(age),
        Err(ahead) => (ahead.duration() <= MAX_AHEAD).then_some(Duration::ZERO),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factor_is_fresh_up_to_its_limit_and_never_without_a_time() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let at = |secs| SystemTime::UNIX_EPOCH + Duration::from_secs(secs);
        let ten = Some(Duration::from_secs(10));
        let otp = |time| Facts::new("a").with_factor(Factor::new("otp").at(time));

        assert!(otp(at(990)).has_factor("otp", ten, now));
        assert!(!otp(at(989)).has_factor("otp", ten, now));
        assert!(otp(at(1_060)).has_factor("otp", ten, now), "clocks differ");
        assert!(!otp(at(1_061)).has_factor("otp", ten, now), "but not that much");
        assert!(!otp(at(990)).has_factor("pwd", ten, now));

        let undated = Facts::new("a").with_factor(Factor::new("otp"));
        assert!(undated.has_factor("otp", None, now));
        assert!(!undated.has_factor("otp", ten, now));
        assert!(undated.with_auth_time(at(995)).has_factor("otp", ten, now));
    }
}
