//! What registered claims mean (RFC 7519 §4.1): the types that they may have, and the facts that they become.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use super::glance::Glance;
use super::payload::Payload;
use super::registered::Registered;
use super::rules::{ClaimRules, ROLES};
use crate::claims::{ClaimError, Claims, FromClaim as _};
use crate::facts::{Factor, Facts};
use crate::text::Text;

/// The last second that counts as a time: the end of the year 9999.
const MAX_SECONDS: f64 = 253_402_300_799.0;

/// A claim of another type than its standard says.
#[derive(Debug)]
pub(super) struct Mistyped(&'static str);

impl Registered<'_> {
    /// The facts, which end at a time that was read before. `claims` are the same claims, all of them, and `payload` is where
    /// they stand. The subject is empty if there is none.
    pub(super) fn take_facts(
        &mut self,
        expires_at: Option<SystemTime>,
        by: &ClaimRules,
        scope_may_be_list: bool,
        payload: &Payload<'_>,
        claims: &Claims,
    ) -> Result<Facts, Mistyped> {
        let subject = text("sub", self.subject.take())?;
        let roles = if by.roles_at() == ROLES {
            texts(ROLES, self.roles.take())?.into_iter().map(|role| payload.text(role)).collect()
        } else {
            roles_elsewhere(by.roles_at(), claims)?
        };
        let methods = texts("amr", self.methods.take())?;
        Ok(Facts {
            subject: subject.map_or_else(Text::default, |subject| payload.text(subject)),
            issuer: text("iss", self.issuer.take())?.map(|issuer| payload.text(issuer)),
            scopes: scopes(self.scope.take(), scope_may_be_list, payload)?,
            // In the same memory: both kinds of text have the same size.
            roles,
            factors: methods.into_iter().map(|method| Factor::new(payload.text(method))).collect(),
            auth_time: time("auth_time", self.auth_time.as_ref())?,
            expires_at,
            credential_id: text("jti", self.id.take())?.map(|id| payload.text(id)),
        })
    }

    /// Whether one of the audiences is ours: a string or a list of them (RFC 7519 §4.1.3). `None` if none is named.
    pub(super) fn is_for(&self, audiences: &[String]) -> Result<Option<bool>, Mistyped> {
        let is_ours = |audience: &str| audiences.iter().any(|own| own == audience);
        match &self.audience {
            None => Ok(None),
            Some(Glance::Text(audience)) => Ok(Some(is_ours(audience))),
            Some(Glance::Texts(audiences)) => Ok(Some(audiences.iter().any(|audience| is_ours(audience)))),
            Some(_) => Err(Mistyped("aud")),
        }
    }

    /// `exp` (RFC 7519 §4.1.4).
    pub(super) fn expires_at(&self) -> Result<Option<SystemTime>, Mistyped> {
        time("exp", self.expires_at.as_ref())
    }

    /// `nbf` (RFC 7519 §4.1.5).
    pub(super) fn not_before(&self) -> Result<Option<SystemTime>, Mistyped> {
        time("nbf", self.not_before.as_ref())
    }

    /// `iat` (RFC 7519 §4.1.6).
    pub(super) fn issued_at(&self) -> Result<Option<SystemTime>, Mistyped> {
        time("iat", self.issued_at.as_ref())
    }
}

impl Mistyped {
    /// The error for whoever may know which claim it is.
    pub(super) fn named(self, rules: &ClaimRules) -> ClaimError {
        match self.0 {
            ROLES => ClaimError::new(rules.roles_at(), "a list of strings"),
            "amr" => ClaimError::new("amr", "a list of strings"),
            "aud" => ClaimError::new("aud", "a string or a list of them"),
            time @ ("auth_time" | "exp" | "iat" | "nbf") => ClaimError::new(time, "a number of seconds since 1970"),
            text => ClaimError::new(text, "a string"),
        }
    }
}

/// RFC 9068 §2.2.3: a space list; some issuers write a list instead.
fn scopes(scope: Option<Glance<'_>>, may_be_list: bool, payload: &Payload<'_>) -> Result<Vec<Text>, Mistyped> {
    match scope {
        None => Ok(Vec::new()),
        Some(Glance::Text(scopes)) => Ok(payload.words(scopes)),
        Some(Glance::Texts(scopes)) if may_be_list => Ok(scopes.into_iter().map(|scope| payload.text(scope)).collect()),
        Some(_) => Err(Mistyped("scope")),
    }
}

fn roles_elsewhere(place: &str, claims: &Claims) -> Result<Vec<Text>, Mistyped> {
    let roles = claims.find(place).or(Err(Mistyped(ROLES)))?;
    roles.map_or(Ok(Vec::new()), |roles| Vec::from_claim(roles).ok_or(Mistyped(ROLES)))
}

fn text<'t>(name: &'static str, claim: Option<Glance<'t>>) -> Result<Option<Cow<'t, str>>, Mistyped> {
    match claim {
        None => Ok(None),
        Some(Glance::Text(text)) => Ok(Some(text)),
        Some(_) => Err(Mistyped(name)),
    }
}

fn texts<'t>(name: &'static str, list: Option<Glance<'t>>) -> Result<Vec<Cow<'t, str>>, Mistyped> {
    match list {
        None => Ok(Vec::new()),
        Some(Glance::Texts(texts)) => Ok(texts),
        Some(_) => Err(Mistyped(name)),
    }
}

/// A `NumericDate` (RFC 7519 §2): seconds since 1970, a fraction counts.
fn time(name: &'static str, claim: Option<&Glance<'_>>) -> Result<Option<SystemTime>, Mistyped> {
    let since_epoch = match claim {
        None => return Ok(None),
        Some(Glance::Integer(seconds)) => Some(Duration::from_secs(*seconds)),
        Some(Glance::Float(seconds)) => Duration::try_from_secs_f64(*seconds).ok(),
        Some(_) => None,
    };
    let since_epoch = since_epoch.filter(|time| time.as_secs_f64() <= MAX_SECONDS).ok_or(Mistyped(name))?;
    SystemTime::UNIX_EPOCH.checked_add(since_epoch).map(Some).ok_or(Mistyped(name))
}
