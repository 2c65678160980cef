//! The registered claims of what is no token but speaks like one, such as the answer to a question about a token.

use std::fmt;
use std::time::SystemTime;

use super::payload::Payload;
use super::reading::Mistyped;
use super::registered::Registered;
use super::rules::ClaimRules;
use crate::claims::{ClaimError, Claims};
use crate::facts::Facts;
use crate::verifier::Reason;

/// The registered claims (RFC 7519 §4.1) among others, read by the rules that hold for tokens: for verifiers whose claims
/// come in another way, such as introspection answers (RFC 7662 §2.2).
///
/// Whoever reads them decides what has to be there: an issuer, a subject, an end.
///
/// # Security
///
/// Nothing is believed yet. Whether issuer and subject are good, which kind of token the claims are about, and whether
/// its bearer has to show a key ([`is_bound`](Self::is_bound)) is for the verifier to check.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use auth_core::Claims;
/// use auth_core::jwt::{ClaimRules, RegisteredClaims};
///
/// let rules = ClaimRules::default();
/// let answer = Claims::new().with("sub", "alice").with("aud", "api.example").with("scope", "a b").with("exp", 100);
/// let claims = RegisteredClaims::of(&answer, &rules);
/// assert_eq!(claims.is_for(&["api.example".to_owned()])?, Some(true));
/// let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
/// assert!(claims.lifetime()?.check(&rules, at(159)).is_ok(), "clocks differ");
/// assert!(claims.lifetime()?.check(&rules, at(160)).is_err());
/// assert!(claims.into_facts()?.has_scope("b"));
///
/// let answer = answer.with("exp", "never");
/// let error = RegisteredClaims::of(&answer, &rules).into_facts().unwrap_err();
/// assert_eq!(error.to_string(), "claim `exp` is not a number of seconds since 1970");
/// # Ok::<(), auth_core::claims::ClaimError>(())
/// ```
pub struct RegisteredClaims<'c> {
    registered: Registered<'c>,
    claims: &'c Claims,
    rules: &'c ClaimRules,
}

/// Between which times claims hold: `exp`, `nbf` and `iat`, each if there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lifetime {
    expires_at: Option<SystemTime>,
    not_before: Option<SystemTime>,
    issued_at: Option<SystemTime>,
}

impl<'c> RegisteredClaims<'c> {
    /// Looks for them.
    #[must_use]
    pub fn of(claims: &'c Claims, rules: &'c ClaimRules) -> Self {
        Self { registered: Registered::of(claims), claims, rules }
    }

    /// Whether `aud`, a string or a list of them, names one of these audiences, byte for byte; `None` if it is absent
    /// (RFC 7519 §4.1.3).
    ///
    /// # Errors
    ///
    /// [`ClaimError`] if it is something else.
    pub fn is_for(&self, audiences: &[String]) -> Result<Option<bool>, ClaimError> {
        self.registered.is_for(audiences).map_err(|error| error.named(self.rules))
    }

    /// Whether the party has to show a key (`cnf`), which whoever merely bears a token does not (RFC 7800 §3.1).
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.registered.is_bound
    }

    /// Between which times the claims hold.
    ///
    /// # Errors
    ///
    /// [`ClaimError`] names a claim that is no time, or one after the year 9999.
    pub fn lifetime(&self) -> Result<Lifetime, ClaimError> {
        Lifetime::of(&self.registered).map_err(|error| error.named(self.rules))
    }

    /// The facts: of `sub` (empty if absent), `iss`, `scope` (a space list), the roles, `amr`, `auth_time`, `exp` and `jti`.
    ///
    /// # Errors
    ///
    /// [`ClaimError`] names a claim that has another type than its standard says, or is a time after the year 9999.
    pub fn into_facts(mut self) -> Result<Facts, ClaimError> {
        let facts = self.registered.expires_at().and_then(|expires_at| {
            self.registered.take_facts(expires_at, self.rules, false, &Payload::elsewhere(), self.claims)
        });
        facts.map_err(|error| error.named(self.rules))
    }
}

impl Lifetime {
    fn of(registered: &Registered<'_>) -> Result<Self, Mistyped> {
        Ok(Self {
            expires_at: registered.expires_at()?,
            not_before: registered.not_before()?,
            issued_at: registered.issued_at()?,
        })
    }

    /// Checks that the claims hold now, within the leeway. What was issued up to 60 seconds ahead holds in any case.
    ///
    /// # Errors
    ///
    /// [`Reason::EXPIRED`] or [`Reason::NOT_YET_VALID`]; [`Reason::CLAIMS`] if a time is too far away to reckon with.
    pub fn check(&self, rules: &ClaimRules, now: SystemTime) -> Result<(), Reason> {
        self.expires_at.map_or(Ok(()), |end| rules.check_end(end, now))?;
        self.not_before.map_or(Ok(()), |begin| rules.check_begin(begin, now))?;
        self.issued_at.map_or(Ok(()), |issue| rules.check_issue(issue, now))
    }
}

/// Shows the names of the claims only: values may be personal.
impl fmt::Debug for RegisteredClaims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RegisteredClaims").field(self.claims).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::ClaimValue;

    #[test]
    fn a_claim_of_a_wrong_type_is_named_with_the_right_one() {
        let rules = ClaimRules::default().with_roles_at("realm_access.roles");
        let object = |name: &str, value: ClaimValue| Claims::new().with(name, value);
        for (name, value, expected) in [
            ("sub", ClaimValue::from(7), "claim `sub` is not a string"),
            ("iss", ClaimValue::Null, "claim `iss` is not a string"),
            ("scope", vec!["a"].into(), "claim `scope` is not a string"),
            ("jti", 1.into(), "claim `jti` is not a string"),
            ("amr", "pwd".into(), "claim `amr` is not a list of strings"),
            ("auth_time", "now".into(), "claim `auth_time` is not a number of seconds since 1970"),
            ("exp", (-1).into(), "claim `exp` is not a number of seconds since 1970"),
            ("exp", 253_402_300_800_u64.into(), "claim `exp` is not a number of seconds since 1970"),
            ("realm_access", 1.into(), "claim `realm_access.roles` is not a list of strings"),
            (
                "realm_access",
                object("roles", "admin".into()).into(),
                "claim `realm_access.roles` is not a list of strings",
            ),
        ] {
            let claims = object(name, value);
            let error = RegisteredClaims::of(&claims, &rules).into_facts().unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        for name in ["exp", "nbf", "iat"] {
            let claims = object(name, "soon".into());
            let error = RegisteredClaims::of(&claims, &rules).lifetime().unwrap_err();
            assert_eq!(error.to_string(), format!("claim `{name}` is not a number of seconds since 1970"));
        }
        let claims = object("aud", vec![1].into());
        let error = RegisteredClaims::of(&claims, &rules).is_for(&[]).unwrap_err();
        assert_eq!(error.to_string(), "claim `aud` is not a string or a list of them");
    }

    #[test]
    fn what_is_absent_is_no_mistake() {
        let (claims, rules) = (Claims::new(), ClaimRules::default());
        let registered = RegisteredClaims::of(&claims, &rules);
        assert_eq!((registered.is_for(&["a".to_owned()]), registered.is_bound()), (Ok(None), false));
        assert_eq!(registered.lifetime(), Ok(Lifetime::default()));
        assert_eq!(Lifetime::default().check(&rules, SystemTime::UNIX_EPOCH), Ok(()));
        assert_eq!(registered.into_facts(), Ok(Facts::default()));
    }
}
