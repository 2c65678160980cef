//! How far hashes yield to other work.
//!
//! | | where others want the core all the time | a request that comes meanwhile |
//! | --- | --- | --- |
//! | [wholly](Priority::Last) | next to nothing | takes the core at once |
//! | [for the most part](Priority::Tenth) | a tenth | may wait for some milliseconds |
//!
//! Hashes yield wholly as long as cores have time for them. They must not starve, though, or a busy machine would refuse
//! every sign-in. So whoever waits for a hash looks at it: one that wants a core and gets less than a tenth of one starves,
//! and those that begin in the next [minutes](RESPITE) yield for the most part only. It cannot be given more itself, since
//! Linux lets nobody leave `SCHED_IDLE` without a privilege; it goes on beside them.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::priority::Priority;

/// How long hashes yield for the most part only, after one has starved.
const RESPITE: Duration = Duration::from_mins(5);

/// Whether the hashes of a pool have starved lately.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<Option<Instant>>);

impl Pace {
    /// How a hash that begins now yields.
    pub(super) fn priority(&self, now: Instant) -> Priority {
        let respite_until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if respite_until.is_none_or(|until| now >= until) { Priority::Last } else { Priority::Tenth }
    }

    /// A hash starves.
    pub(super) fn starved(&self, now: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now.checked_add(RESPITE);
        tracing::warn!(
            auth.reason = "hash_starved",
            "a password hash gets no core; for some minutes hashes yield less"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_one_has_starved_none_yields_wholly_for_some_minutes() {
        let (pace, now) = (Pace::default(), Instant::now());
        assert_eq!(pace.priority(now), Priority::Last);
        pace.starved(now);
        assert_eq!(pace.priority(now), Priority::Tenth);
        assert_eq!(pace.priority(now + RESPITE.saturating_sub(Duration::from_nanos(1))), Priority::Tenth);
        assert_eq!(pace.priority(now + RESPITE), Priority::Last);
    }
}
