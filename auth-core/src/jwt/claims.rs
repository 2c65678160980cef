//! What the claims of a token are held against (RFC 7519 §4.1).

use std::time::SystemTime;

use super::glance::Glance;
use super::payload::Payload;
use super::registered::Registered;
use super::rules::ClaimRules;
use crate::claims::{ClaimValue, Claims};
use crate::facts::Facts;
use crate::verifier::Reason;

/// What claims are held against, and where facts are found in them.
#[derive(Debug)]
pub(super) struct Expected {
    /// The allowed issuers; empty allows any.
    pub(super) issuers: Vec<String>,
    /// The allowed audiences; empty allows any.
    pub(super) audiences: Vec<String>,
    pub(super) rules: ClaimRules,
    pub(super) scope_may_be_list: bool,
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
        self.check_issuer(registered)?;
        self.check_audience(registered)?;
        let expires_at = self.check_times(registered, now)?;
        if registered.is_id_token {
            return Err(Reason::TOKEN_TYPE);
        }
        if registered.is_bound {
            return Err(Reason::SENDER_CONSTRAINED);
        }
        let facts = registered
            .take_facts(Some(expires_at), &self.rules, self.scope_may_be_list, payload, claims)
            .or(Err(Reason::CLAIMS))?;
        if facts.subject.is_empty() {
            return Err(Reason::CLAIMS);
        }
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

    fn check_issuer(&self, registered: &Registered<'_>) -> Result<(), Reason> {
        let is_allowed = match &registered.issuer {
            None => false,
            Some(Glance::Text(issuer)) => self.issuers.iter().any(|allowed| allowed == issuer),
            Some(_) => return Err(Reason::CLAIMS),
        };
        if is_allowed || self.issuers.is_empty() { Ok(()) } else { Err(Reason::ISSUER) }
    }

    fn check_audience(&self, registered: &Registered<'_>) -> Result<(), Reason> {
        let is_for_us = registered.is_for(&self.audiences).or(Err(Reason::CLAIMS))?.unwrap_or(false);
        if is_for_us || self.audiences.is_empty() { Ok(()) } else { Err(Reason::AUDIENCE) }
    }

    /// Returns when the token ends, without leeway.
    fn check_times(&self, registered: &Registered<'_>, now: SystemTime) -> Result<SystemTime, Reason> {
        let expires_at = registered.expires_at().or(Err(Reason::CLAIMS))?.ok_or(Reason::CLAIMS)?;
        self.rules.check_end(expires_at, now)?;
        if let Some(not_before) = registered.not_before().or(Err(Reason::CLAIMS))? {
            self.rules.check_begin(not_before, now)?;
        }
        if let Some(issued_at) = registered.issued_at().or(Err(Reason::CLAIMS))? {
            self.rules.check_issue(issued_at, now)?;
        }
        Ok(expires_at)
    }
}
