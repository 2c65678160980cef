//! The registered claims (RFC 7519 §4.1) and what becomes of them.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use super::glance::Glance;
use super::payload::Payload;
use super::registered::Registered;
use crate::claims::{ClaimValue, Claims, FromClaim as _};
use crate::facts::{Factor, Facts};
use crate::text::Text;
use crate::verifier::Reason;

/// How far in the future a token may have been issued, at least: clocks differ.
const MIN_ISSUED_AHEAD: Duration = Duration::from_mins(1);
/// The last second that counts as a time: the end of the year 9999.
const MAX_SECONDS: f64 = 253_402_300_799.0;

/// The claim that holds the roles if nothing else is said (RFC 9068 §2.2.3.1).
pub(super) const ROLES: &str = "roles";

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
    /// Other claims that have to say this very thing.
    pub(super) equal: Vec<(String, ClaimValue)>,
}

impl Expected {
    /// Checks issuer, audience and times, and turns the claims into facts. `payload` and `claims` are the same claims, all
    /// of them.
    pub(super) fn facts(
        &self,
        registered: &mut Registered<'_>,
        payload: &Payload<'_>,
        claims: &Claims,
        now: SystemTime,
    ) -> Result<Facts, Reason> {
        let issuer = self.issuer(registered.issuer.take())?;
        self.check_audience(registered.audience.take())?;
        let expires_at = self.check_times(registered, now)?;
        if registered.is_id_token {
            return Err(Reason::TOKEN_TYPE);
        }
        if registered.is_bound {
            return Err(Reason::SENDER_CONSTRAINED);
        }
        let subject = text(registered.subject.take())?.filter(|subject| !subject.is_empty()).ok_or(Reason::CLAIMS)?;
        let roles = if self.roles_at == ROLES {
            texts(registered.roles.take())?.into_iter().map(|role| payload.text(role)).collect()
        } else {
            self.roles(claims)?
        };
        let methods = texts(registered.methods.take())?;
        let facts = Facts {
            subject: payload.text(subject),
            issuer: issuer.map(|issuer| payload.text(issuer)),
            scopes: self.scopes(registered.scope.take(), payload)?,
            // In the same memory: both kinds of text have the same size.
            roles,
            factors: methods.into_iter().map(|method| Factor::new(payload.text(method))).collect(),
            auth_time: time(registered.auth_time.as_ref())?,
            expires_at: Some(expires_at),
            credential_id: text(registered.id.take())?.map(|id| payload.text(id)),
        };
        if self.required.iter().any(|name| claims.value(name).is_none_or(|value| *value == ClaimValue::Null)) {
            return Err(Reason::CLAIMS);
        }
        if self.equal.iter().any(|(name, wanted)| claims.value(name) != Some(wanted)) {
            return Err(Reason::CLAIMS);
        }
        if self.is_id_required && facts.credential_id.as_deref().is_none_or(str::is_empty) {
            return Err(Reason::CLAIMS);
        }
        Ok(facts)
    }

    fn issuer<'t>(&self, issuer: Option<Glance<'t>>) -> Result<Option<Cow<'t, str>>, Reason> {
        let issuer = text(issuer)?;
        let is_allowed = self.issuers.is_empty()
            || issuer.as_ref().is_some_and(|issuer| self.issuers.iter().any(|allowed| allowed == issuer));
        if is_allowed { Ok(issuer) } else { Err(Reason::ISSUER) }
    }

    /// RFC 9068 §2.2.3: a space list; some issuers write a list instead.
    fn scopes(&self, scope: Option<Glance<'_>>, payload: &Payload<'_>) -> Result<Vec<Text>, Reason> {
        match scope {
            None => Ok(Vec::new()),
            Some(Glance::Text(scopes)) => Ok(payload.words(scopes)),
            list @ Some(Glance::Texts(_)) if self.scope_may_be_list => {
                Ok(texts(list)?.into_iter().map(|scope| payload.text(scope)).collect())
            }
            Some(_) => Err(Reason::CLAIMS),
        }
    }

    /// Where roles stand elsewhere.
    fn roles(&self, claims: &Claims) -> Result<Vec<Text>, Reason> {
        let roles = claims.find(&self.roles_at).or(Err(Reason::CLAIMS))?;
        roles.map_or(Ok(Vec::new()), |roles| Vec::from_claim(roles).ok_or(Reason::CLAIMS))
    }

    /// RFC 7519 §4.1.3: a string or a list of them, one of which has to be ours.
    fn check_audience(&self, audience: Option<Glance<'_>>) -> Result<(), Reason> {
        let is_ours = |audience: &str| self.audiences.iter().any(|own| own == audience);
        let is_for_us = match audience {
            None => false,
            Some(Glance::Text(audience)) => is_ours(&audience),
            Some(Glance::Texts(audiences)) => audiences.iter().any(|audience| is_ours(audience)),
            Some(_) => return Err(Reason::CLAIMS),
        };
        if is_for_us || self.audiences.is_empty() { Ok(()) } else { Err(Reason::AUDIENCE) }
    }

    /// RFC 7519 §4.1.4 to §4.1.6. Returns when the token ends, without leeway.
    fn check_times(&self, registered: &Registered<'_>, now: SystemTime) -> Result<SystemTime, Reason> {
        let expires_at = time(registered.expires_at.as_ref())?.ok_or(Reason::CLAIMS)?;
        let later = |time: SystemTime, by| time.checked_add(by).ok_or(Reason::CLAIMS);
        if now >= later(expires_at, self.leeway)? {
            return Err(Reason::EXPIRED);
        }
        if let Some(not_before) = time(registered.not_before.as_ref())?
            && later(now, self.leeway)? < not_before
        {
            return Err(Reason::NOT_YET_VALID);
        }
        if let Some(issued_at) = time(registered.issued_at.as_ref())?
            && later(now, self.leeway.max(MIN_ISSUED_AHEAD))? < issued_at
        {
            return Err(Reason::NOT_YET_VALID);
        }
        Ok(expires_at)
    }
}

fn text(claim: Option<Glance<'_>>) -> Result<Option<Cow<'_, str>>, Reason> {
    match claim {
        None => Ok(None),
        Some(Glance::Text(text)) => Ok(Some(text)),
        Some(_) => Err(Reason::CLAIMS),
    }
}

fn texts(list: Option<Glance<'_>>) -> Result<Vec<Cow<'_, str>>, Reason> {
    match list {
        None => Ok(Vec::new()),
        Some(Glance::Texts(texts)) => Ok(texts),
        Some(_) => Err(Reason::CLAIMS),
    }
}

/// A `NumericDate` (RFC 7519 §2): seconds since 1970, a fraction counts.
fn time(claim: Option<&Glance<'_>>) -> Result<Option<SystemTime>, Reason> {
    let since_epoch = match claim {
        None => return Ok(None),
        Some(Glance::Integer(seconds)) => Some(Duration::from_secs(*seconds)),
        Some(Glance::Float(seconds)) => Duration::try_from_secs_f64(*seconds).ok(),
        Some(_) => None,
    };
    let since_epoch = since_epoch.filter(|time| time.as_secs_f64() <= MAX_SECONDS).ok_or(Reason::CLAIMS)?;
    SystemTime::UNIX_EPOCH.checked_add(since_epoch).map(Some).ok_or(Reason::CLAIMS)
}
