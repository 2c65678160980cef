//! How many attempts one counter admits.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::time::later;

/// What one counter counts: a keyed digest of a name, a source or both, so that a store tells nothing about either.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CounterKey([u8; 32]);

impl CounterKey {
    /// A key of that digest.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for CounterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CounterKey(..)")
    }
}

/// How many failures one counter bears, and what happens then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "three numbers")]
pub struct Rule {
    /// So many failures are borne in a window; at least 1.
    pub limit: u32,
    /// A window begins with its first failure and lasts so long; one that the system cannot write the end of lasts until the
    /// end of the year 9999.
    pub window: Duration,
    /// Once the limit is reached: refuse until the window ends (`None`), or admit one attempt in this time, which may be
    /// without end like the window.
    pub then_one_per: Option<Duration>,
}

/// One counter.
///
/// A counter is a value without a clock: stores in memory keep it and call its methods under their lock; stores in a
/// database do the same arithmetic in one statement.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use auth_issuer::throttle::{Counter, Reserved, Rule, Settled};
///
/// let rule = Rule { limit: 2, window: Duration::from_secs(60), then_one_per: None };
/// let (mut counter, now) = (Counter::default(), SystemTime::UNIX_EPOCH + Duration::from_secs(1_000));
/// for _ in 0..2 {
///     assert_eq!(counter.reserve(&rule, now), Reserved::Admitted);
///     counter.settle(&rule, Settled::Failure, now);
/// }
/// assert_eq!(counter.reserve(&rule, now), Reserved::Refused { retry_after: Duration::from_secs(60) });
/// assert_eq!(counter.reserve(&rule, now + rule.window), Reserved::Admitted, "it heals by itself");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row, which stores build and take apart")]
pub struct Counter {
    /// Failures of the window.
    pub failures: u32,
    /// When the window ends.
    pub window_ends_at: SystemTime,
    /// Attempts that were admitted and not settled yet.
    pub in_flight: u32,
    /// When attempts in flight count as abandoned: their process has died.
    pub lease_ends_at: SystemTime,
    /// When an attempt was last admitted.
    pub admitted_at: SystemTime,
}

/// How long an attempt may be in flight before it counts as abandoned.
pub const LEASE: Duration = Duration::from_secs(30);

/// What a counter says to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Reserved {
    /// It may go on, and has to be settled.
    Admitted,
    /// Attempts in flight fill the limit: ask again when one has been settled.
    Busy,
    /// It may not, for so long. Nothing was counted.
    Refused {
        /// How long to wait, more than zero.
        retry_after: Duration,
    },
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settled {
    /// It did not come to a decision, or the decision is not for this counter: it leaves no trace.
    Abandoned,
    /// Something was guessed, and wrong.
    Failure,
    /// It was right: earlier failures are forgotten.
    Success,
}

impl Default for Counter {
    fn default() -> Self {
        let never = SystemTime::UNIX_EPOCH;
        Self { failures: 0, window_ends_at: never, in_flight: 0, lease_ends_at: never, admitted_at: never }
    }
}

impl Counter {
    /// Asks for a place.
    pub fn reserve(&mut self, rule: &Rule, now: SystemTime) -> Reserved {
        self.expire(now);
        if self.failures.saturating_add(self.in_flight) >= rule.limit {
            if self.failures < rule.limit {
                return Reserved::Busy;
            }
            let Some(pace) = rule.then_one_per else { return refused(self.window_ends_at, now) };
            let next = later(self.admitted_at, pace);
            if next > now {
                return refused(next, now);
            }
        }
        self.in_flight = self.in_flight.saturating_add(1);
        self.lease_ends_at = later(now, LEASE);
        self.admitted_at = now;
        Reserved::Admitted
    }

    /// Settles an attempt that was admitted.
    pub fn settle(&mut self, rule: &Rule, settled: Settled, now: SystemTime) {
        self.expire(now);
        self.in_flight = self.in_flight.saturating_sub(1);
        match settled {
            Settled::Abandoned => {}
            Settled::Success => self.failures = 0,
            Settled::Failure => {
                if self.failures == 0 {
                    self.window_ends_at = later(now, rule.window);
                }
                self.failures = self.failures.saturating_add(1);
            }
        }
    }

    /// Whether the counter says the same as one that was never used.
    #[must_use]
    pub fn is_idle(&self, now: SystemTime) -> bool {
        self.idle_at() <= now
    }

    /// From when on it [says nothing](Self::is_idle), if nothing happens before.
    pub(crate) fn idle_at(&self) -> SystemTime {
        if self.in_flight == 0 { self.window_ends_at } else { self.window_ends_at.max(self.lease_ends_at) }
    }

    fn expire(&mut self, now: SystemTime) {
        if self.window_ends_at <= now {
            self.failures = 0;
        }
        if self.lease_ends_at <= now {
            self.in_flight = 0;
        }
    }
}

fn refused(until: SystemTime, now: SystemTime) -> Reserved {
    let retry_after = until.duration_since(now).unwrap_or_default();
    Reserved::Refused { retry_after }
}
