//! The rules by which claims become facts, whatever states the claims.

use std::time::{Duration, SystemTime};

use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::verifier::Reason;

/// The longest leeway.
const MAX_LEEWAY: Duration = Duration::from_mins(5);
/// The leeway if none is chosen.
const DEFAULT_LEEWAY: Duration = Duration::from_mins(1);
/// How far in the future a token may have been issued, at least: clocks differ.
const MIN_ISSUED_AHEAD: Duration = Duration::from_mins(1);

/// The claim that holds the roles if nothing else is said (RFC 9068 §2.2.3.1).
pub(super) const ROLES: &str = "roles";

/// How far clocks may differ, and where roles stand in claims: for builders of verifiers, which
/// [check](Self::check) it, and for [`RegisteredClaims`](super::RegisteredClaims), which are read by it.
///
/// If nothing is said, clocks differ by 60 seconds at most, and roles stand in `roles`.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use auth_core::ConfigErrorKind;
/// use auth_core::jwt::ClaimRules;
///
/// let rules = ClaimRules::default().with_leeway(Duration::from_secs(30)).with_roles_at("realm_access.roles");
/// assert!(rules.check().is_ok());
/// let empty = rules.with_roles_at("realm_access.").check().unwrap_err();
/// assert_eq!(empty.kind(), ConfigErrorKind::ClaimName);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRules {
    leeway: Duration,
    roles_at: String,
}

impl ClaimRules {
    /// How far clocks may differ: at most 300 seconds.
    #[must_use]
    pub fn with_leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Finds the roles elsewhere than in `roles`: in the claim of that name, like `https://acme.example/roles`, or at the
    /// end of a path of names joined by dots, like `realm_access.roles`.
    #[must_use]
    pub fn with_roles_at(mut self, place: impl Into<String>) -> Self {
        self.roles_at = place.into();
        self
    }

    /// Checks what was said.
    ///
    /// # Errors
    ///
    /// If the leeway is over 300 seconds, or a name on the way to the roles is empty.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.leeway > MAX_LEEWAY {
            let (leeway, max) = (self.leeway.as_secs(), MAX_LEEWAY.as_secs());
            let text = format!("a leeway of {leeway} s is too long; use at most {max} s");
            return Err(ConfigError::new(ConfigErrorKind::Leeway, text));
        }
        if self.roles_at.split('.').any(str::is_empty) {
            let place = self.roles_at.escape_default();
            let text =
                format!("`{place}` is not a claim; name one, like `roles`, or a path, like `realm_access.roles`");
            return Err(ConfigError::new(ConfigErrorKind::ClaimName, text));
        }
        Ok(())
    }

    /// Where the roles stand.
    pub(super) fn roles_at(&self) -> &str {
        &self.roles_at
    }

    /// RFC 7519 §4.1.4.
    pub(super) fn check_end(&self, expires_at: SystemTime, now: SystemTime) -> Result<(), Reason> {
        if now >= later(expires_at, self.leeway)? { Err(Reason::EXPIRED) } else { Ok(()) }
    }

    /// RFC 7519 §4.1.5.
    pub(super) fn check_begin(&self, not_before: SystemTime, now: SystemTime) -> Result<(), Reason> {
        if later(now, self.leeway)? < not_before { Err(Reason::NOT_YET_VALID) } else { Ok(()) }
    }

    /// RFC 7519 §4.1.6: what was issued in the future was not issued.
    pub(super) fn check_issue(&self, issued_at: SystemTime, now: SystemTime) -> Result<(), Reason> {
        let ahead = self.leeway.max(MIN_ISSUED_AHEAD);
        if later(now, ahead)? < issued_at { Err(Reason::NOT_YET_VALID) } else { Ok(()) }
    }
}

impl Default for ClaimRules {
    fn default() -> Self {
        Self { leeway: DEFAULT_LEEWAY, roles_at: ROLES.to_owned() }
    }
}

fn later(time: SystemTime, by: Duration) -> Result<SystemTime, Reason> {
    time.checked_add(by).ok_or(Reason::CLAIMS)
}
