//! The registered claims (RFC 7519 §4.1) and what becomes of them.

use std::time::{Duration, SystemTime};

use crate::claims::{ClaimValue, Claims};
use crate::facts::{Factor, Facts};
use crate::verifier::Reason;

/// How far in the future a token may have been issued, at least: clocks differ.
const MIN_ISSUED_AHEAD: Duration = Duration::from_mins(1);
/// The last second that counts as a time: the end of the year 9999.
const MAX_SECONDS: f64 = 253_402_300_799.0;

/// What claims are held against.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) issuers: Vec<String>,
    pub(super) audiences: Vec<String>,
    pub(super) leeway: Duration,
}

impl Expected {
    /// Checks issuer, audience and times, and turns the claims into facts.
    pub(super) fn facts(&self, claims: &Claims, now: SystemTime) -> Result<Facts, Reason> {
        let issuer = text(claims, "iss")?.filter(|issuer| self.issuers.contains(issuer)).ok_or(Reason::ISSUER)?;
        if !self.is_for_us(claims.value("aud"))? {
            return Err(Reason::AUDIENCE);
        }
        let expires_at = self.check_times(claims, now)?;
        if ["nonce", "at_hash", "c_hash"].iter().any(|name| claims.value(name).is_some()) {
            // The marks of an ID token, which is for the client and not for us.
            return Err(Reason::TOKEN_TYPE);
        }
        let subject = text(claims, "sub")?.filter(|subject| !subject.is_empty()).ok_or(Reason::CLAIMS)?;
        let scopes = text(claims, "scope")?.unwrap_or_default();
        let mut facts = Facts::new(subject)
            .with_issuer(issuer)
            .with_scopes(scopes.split(' ').filter(|scope| !scope.is_empty()))
            .with_roles(texts(claims, "roles")?)
            .with_expiry(expires_at);
        for method in texts(claims, "amr")? {
            facts = facts.with_factor(Factor::new(method));
        }
        facts.auth_time = time(claims, "auth_time")?;
        facts.credential_id = text(claims, "jti")?;
        Ok(facts)
    }

    /// RFC 7519 §4.1.3: a string or a list of them, one of which has to be ours.
    fn is_for_us(&self, audience: Option<&ClaimValue>) -> Result<bool, Reason> {
        let is_ours = |value: &ClaimValue| match value {
            ClaimValue::String(audience) => Ok(self.audiences.contains(audience)),
            _ => Err(Reason::CLAIMS),
        };
        match audience {
            None => Ok(false),
            Some(ClaimValue::Array(values)) => {
                values.iter().try_fold(false, |found, value| is_ours(value).map(|ours| found || ours))
            }
            Some(value) => is_ours(value),
        }
    }

    /// RFC 7519 §4.1.4 to §4.1.6. Returns when the token ends, without leeway.
    fn check_times(&self, claims: &Claims, now: SystemTime) -> Result<SystemTime, Reason> {
        let expires_at = time(claims, "exp")?.ok_or(Reason::CLAIMS)?;
        let later = |time: SystemTime, by| time.checked_add(by).ok_or(Reason::CLAIMS);
        if now >= later(expires_at, self.leeway)? {
            return Err(Reason::EXPIRED);
        }
        if let Some(not_before) = time(claims, "nbf")?
            && later(now, self.leeway)? < not_before
        {
            return Err(Reason::NOT_YET_VALID);
        }
        if let Some(issued_at) = time(claims, "iat")?
            && later(now, self.leeway.max(MIN_ISSUED_AHEAD))? < issued_at
        {
            return Err(Reason::NOT_YET_VALID);
        }
        Ok(expires_at)
    }
}

fn text(claims: &Claims, name: &str) -> Result<Option<String>, Reason> {
    match claims.value(name) {
        None => Ok(None),
        Some(ClaimValue::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Reason::CLAIMS),
    }
}

fn texts(claims: &Claims, name: &str) -> Result<Vec<String>, Reason> {
    match claims.value(name) {
        None => Ok(Vec::new()),
        Some(_) => claims.parse(name).or(Err(Reason::CLAIMS)),
    }
}

/// A `NumericDate` (RFC 7519 §2): seconds since 1970, a fraction counts.
fn time(claims: &Claims, name: &str) -> Result<Option<SystemTime>, Reason> {
    let since_epoch = match claims.value(name) {
        None => return Ok(None),
        Some(ClaimValue::Integer(seconds)) => u64::try_from(*seconds).ok().map(Duration::from_secs),
        Some(ClaimValue::Float(seconds)) => Duration::try_from_secs_f64(*seconds).ok(),
        Some(_) => None,
    };
    let since_epoch = since_epoch.filter(|time| time.as_secs_f64() <= MAX_SECONDS).ok_or(Reason::CLAIMS)?;
    SystemTime::UNIX_EPOCH.checked_add(since_epoch).map(Some).ok_or(Reason::CLAIMS)
}
