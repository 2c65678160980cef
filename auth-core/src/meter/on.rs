//! Counts and times through the `metrics` crate.

use std::sync::Arc;
use std::time::Instant;

use ::metrics::{SharedString, counter, histogram};

use crate::metrics::{CACHE_LOOKUPS, CHALLENGES, DECISION_SECONDS, OUTAGES, REFUSALS};
use crate::refusal::{Refusal, RefusalKind};

/// The value of a label that does not apply.
const NONE: &str = "none";

/// When a decision began. Only measured, never decided by.
#[derive(Clone, Copy)]
pub(crate) struct Started(Instant);

impl Started {
    pub(crate) fn now() -> Self {
        Self(Instant::now())
    }
}

/// Counts what one realm decides.
pub(crate) struct Meter {
    realm: SharedString,
}

impl Meter {
    pub(crate) fn of_realm(name: &str) -> Self {
        Self { realm: SharedString::from(Arc::<str>::from(name)) }
    }

    /// For what is refused because no realm is there.
    pub(crate) fn unknown_realm() -> Self {
        Self { realm: SharedString::const_str(NONE) }
    }

    pub(crate) fn passed(
        &self,
        started: Option<Started>,
        scheme: impl FnOnce() -> Option<&'static str>,
        outcome: &'static str,
    ) {
        self.timed(started, scheme(), outcome);
    }

    pub(crate) fn refused(&self, started: Option<Started>, scheme: Option<&'static str>, refusal: &Refusal) {
        let outcome = refusal.kind().as_str();
        self.timed(started, scheme, outcome);
        let (realm, scheme) = (&self.realm, scheme.unwrap_or(NONE));
        counter!(REFUSALS, "realm" => realm.clone(), "scheme" => scheme, "outcome" => outcome).increment(1);
        if refusal.challenges().next().is_some() {
            counter!(CHALLENGES, "realm" => realm.clone(), "outcome" => outcome).increment(1);
        }
        if refusal.kind() == RefusalKind::Unavailable {
            let reason = refusal.reason().as_str();
            counter!(OUTAGES, "realm" => realm.clone(), "scheme" => scheme, "reason" => reason).increment(1);
        }
    }

    pub(crate) fn looked_up(&self, scheme: &'static str, is_hit: bool) {
        let result = if is_hit { "hit" } else { "miss" };
        counter!(CACHE_LOOKUPS, "realm" => self.realm.clone(), "scheme" => scheme, "result" => result).increment(1);
    }

    fn timed(&self, started: Option<Started>, scheme: Option<&'static str>, outcome: &'static str) {
        let Some(Started(started)) = started else { return };
        let scheme = scheme.unwrap_or(NONE);
        histogram!(DECISION_SECONDS, "realm" => self.realm.clone(), "scheme" => scheme, "outcome" => outcome)
            .record(started.elapsed());
    }
}
