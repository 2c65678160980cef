//! The registered claims (RFC 7519 §4.1) and what becomes of them.

use std::time::{Duration, SystemTime};

use crate::claims::{ClaimValue, Claims, FromClaim as _};
use crate::facts::{Factor, Facts};
use crate::verifier::Reason;

/// How far in the future a token may have been issued, at least: clocks differ.
const MIN_ISSUED_AHEAD: Duration = Duration::from_mins(1);
/// The last second that counts as a time: the end of the year 9999.
const MAX_SECONDS: f64 = 253_402_300_799.0;

/// What claims are held against, and where facts are found in them.
#[derive(Debug)]
pub(super) struct Expected {
    /// The allowed issuers; empty allows any.
    pub(super) issuers: Vec<String>,
    /// The allowed audiences; empty allows any.
    pub(super) audiences: Vec<String>,
    pub(super) leeway: Duration,
    pub(super) scope_may_be_list: bool,
    /// The claim that holds the roles, or the path of names that leads there, joined by dots.
    pub(super) roles_at: String,
    pub(super) is_id_required: bool,
    /// Other claims that have to be there.
    pub(super) required: Vec<String>,
}

/// The claims that every token is asked for, found in one walk.
#[derive(Default)]
struct Registered<'c> {
    issuer: Option<&'c ClaimValue>,
    audience: Option<&'c ClaimValue>,
    subject: Option<&'c ClaimValue>,
    expires_at: Option<&'c ClaimValue>,
    not_before: Option<&'c ClaimValue>,
    issued_at: Option<&'c ClaimValue>,
    id: Option<&'c ClaimValue>,
    scope: Option<&'c ClaimValue>,
    methods: Option<&'c ClaimValue>,
    auth_time: Option<&'c ClaimValue>,
    /// Whether there is a mark of an ID token, which is for the client and not for us.
    is_id_token: bool,
    /// Whether the token is bound to a key, which whoever merely bears it does not show (RFC 7800 §3.1).
    is_bound: bool,
}

impl<'c> Registered<'c> {
    fn of(claims: &'c Claims) -> Self {
        let mut found = Self::default();
        for (name, value) in claims.iter() {
            let claim = match name {
                "iss" => &mut found.issuer,
                "aud" => &mut found.audience,
                "sub" => &mut found.subject,
                "exp" => &mut found.expires_at,
                "nbf" => &mut found.not_before,
                "iat" => &mut found.issued_at,
                "jti" => &mut found.id,
                "scope" => &mut found.scope,
                "amr" => &mut found.methods,
                "auth_time" => &mut found.auth_time,
                "nonce" | "at_hash" | "c_hash" => {
                    found.is_id_token = true;
                    continue;
                }
                "cnf" => {
                    found.is_bound = true;
                    continue;
                }
                _ => continue,
            };
            *claim = Some(value);
        }
        found
    }
}

impl Expected {
    /// Checks issuer, audience and times, and turns the claims into facts.
    pub(super) fn facts(&self, claims: &Claims, now: SystemTime) -> Result<Facts, Reason> {
        let registered = Registered::of(claims);
        let issuer = self.issuer(registered.issuer)?;
        self.check_audience(registered.audience)?;
        let expires_at = self.check_times(&registered, now)?;
        if registered.is_id_token {
            return Err(Reason::TOKEN_TYPE);
        }
        if registered.is_bound {
            return Err(Reason::SENDER_CONSTRAINED);
        }
        let subject = text(registered.subject)?.filter(|subject| !subject.is_empty()).ok_or(Reason::CLAIMS)?;
        let mut facts = Facts::new(subject).with_expiry(expires_at);
        facts.issuer = issuer;
        facts.scopes = self.scopes(registered.scope)?;
        facts.roles = texts(claims.find(&self.roles_at).or(Err(Reason::CLAIMS))?)?;
        facts.factors = texts(registered.methods)?.into_iter().map(Factor::new).collect();
        facts.auth_time = time(registered.auth_time)?;
        facts.credential_id = text(registered.id)?;
        if self.required.iter().any(|name| claims.value(name).is_none_or(|value| *value == ClaimValue::Null)) {
            return Err(Reason::CLAIMS);
        }
        if self.is_id_required && facts.credential_id.as_deref().is_none_or(str::is_empty) {
            return Err(Reason::CLAIMS);
        }
        Ok(facts)
    }

    fn issuer(&self, issuer: Option<&ClaimValue>) -> Result<Option<String>, Reason> {
        let issuer = text(issuer)?;
        let is_allowed = self.issuers.is_empty() || issuer.as_ref().is_some_and(|issuer| self.issuers.contains(issuer));
        if is_allowed { Ok(issuer) } else { Err(Reason::ISSUER) }
    }

    /// RFC 9068 §2.2.3: a space list; some issuers write a list instead.
    fn scopes(&self, scope: Option<&ClaimValue>) -> Result<Vec<String>, Reason> {
        match scope {
            None => Ok(Vec::new()),
            Some(ClaimValue::String(scopes)) => {
                Ok(scopes.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect())
            }
            list @ Some(ClaimValue::Array(_)) if self.scope_may_be_list => texts(list),
            Some(_) => Err(Reason::CLAIMS),
        }
    }

    /// RFC 7519 §4.1.3: a string or a list of them, one of which has to be ours.
    fn check_audience(&self, audience: Option<&ClaimValue>) -> Result<(), Reason> {
        let is_ours = |value: &ClaimValue| match value {
            ClaimValue::String(audience) => Ok(self.audiences.contains(audience)),
            _ => Err(Reason::CLAIMS),
        };
        let is_for_us = match audience {
            None => false,
            Some(ClaimValue::Array(values)) => {
                values.iter().try_fold(false, |found, value| is_ours(value).map(|ours| found || ours))?
            }
            Some(value) => is_ours(value)?,
        };
        if is_for_us || self.audiences.is_empty() { Ok(()) } else { Err(Reason::AUDIENCE) }
    }

    /// RFC 7519 §4.1.4 to §4.1.6. Returns when the token ends, without leeway.
    fn check_times(&self, registered: &Registered<'_>, now: SystemTime) -> Result<SystemTime, Reason> {
        let expires_at = time(registered.expires_at)?.ok_or(Reason::CLAIMS)?;
        let later = |time: SystemTime, by| time.checked_add(by).ok_or(Reason::CLAIMS);
        if now >= later(expires_at, self.leeway)? {
            return Err(Reason::EXPIRED);
        }
        if let Some(not_before) = time(registered.not_before)?
            && later(now, self.leeway)? < not_before
        {
            return Err(Reason::NOT_YET_VALID);
        }
        if let Some(issued_at) = time(registered.issued_at)?
            && later(now, self.leeway.max(MIN_ISSUED_AHEAD))? < issued_at
        {
            return Err(Reason::NOT_YET_VALID);
        }
        Ok(expires_at)
    }
}

fn text(claim: Option<&ClaimValue>) -> Result<Option<String>, Reason> {
    match claim {
        None => Ok(None),
        Some(ClaimValue::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Reason::CLAIMS),
    }
}

fn texts(list: Option<&ClaimValue>) -> Result<Vec<String>, Reason> {
    list.map_or(Ok(Vec::new()), |list| Vec::from_claim(list).ok_or(Reason::CLAIMS))
}

/// A `NumericDate` (RFC 7519 §2): seconds since 1970, a fraction counts.
fn time(claim: Option<&ClaimValue>) -> Result<Option<SystemTime>, Reason> {
    let since_epoch = match claim {
        None => return Ok(None),
        Some(ClaimValue::Integer(seconds)) => u64::try_from(*seconds).ok().map(Duration::from_secs),
        Some(ClaimValue::Float(seconds)) => Duration::try_from_secs_f64(*seconds).ok(),
        Some(_) => None,
    };
    let since_epoch = since_epoch.filter(|time| time.as_secs_f64() <= MAX_SECONDS).ok_or(Reason::CLAIMS)?;
    SystemTime::UNIX_EPOCH.checked_add(since_epoch).map(Some).ok_or(Reason::CLAIMS)
}
