//! How many counters a database keeps.
//!
//! Whoever guesses chooses the keys of counters, so a table that only a sweep shortens grows as fast as somebody can ask.
//! Every handle looks now and then, in the course of an attempt, whether there are too many, and removes twice as many as
//! it has made since it looked last: those whose windows are over; where there are too few of them, those that refuse
//! nobody; and those that still refuse somebody last. Among equals the window that ends first goes first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use auth_core::StoreError;

use super::convert::millis_of;
use super::statements::statements;
use super::sweep::{DELETE_COUNTER, IDLE_COUNTERS};
use super::{Engine, SqlStore};

/// How many counters there may be.
const MAX: u64 = 1_000_000;
/// After so many attempts one looks. Where the table is full that walks through an index of a million entries.
const EVERY: u32 = 1_000;

statements! {
    // The counters beyond so many, the latest first.
    SURPLUS_SINCE = ["SELECT idle_at FROM auth_counters ORDER BY idle_at DESC LIMIT 1 OFFSET $1"];
    ADMITTING = [
        "SELECT id FROM auth_counters WHERE idle_at <= $1 AND failures < failure_limit ORDER BY idle_at LIMIT $2"
    ];
    DELETE_ADMITTING = ["DELETE FROM auth_counters WHERE id = $2 AND idle_at <= $1 AND failures < failure_limit"];
    OLDEST = ["SELECT id FROM auth_counters WHERE idle_at <= $1 ORDER BY idle_at LIMIT $2"];
    DELETE_OLDEST = ["DELETE FROM auth_counters WHERE id = $2 AND idle_at <= $1"];
}

/// The bound, and how many attempts have come since the beginning. Clones count together.
#[derive(Clone, Debug)]
pub(super) struct CounterBound {
    max: u64,
    every: u32,
    attempts: Arc<AtomicU32>,
}

impl Default for CounterBound {
    fn default() -> Self {
        Self { max: MAX, every: EVERY, attempts: Arc::default() }
    }
}

impl CounterBound {
    /// A small one, for tests: looked at ten times before it is reached.
    #[cfg(feature = "store-tests")]
    pub(super) fn of(max: u64) -> Self {
        let every = u32::try_from(max / 10).unwrap_or(EVERY).max(1);
        Self { max, every, ..Self::default() }
    }

    /// Whether this attempt is the one that looks; the first of a process is.
    fn is_due(&self) -> bool {
        self.attempts.fetch_add(1, Ordering::Relaxed).checked_rem(self.every) == Some(0)
    }
}

/// What goes where there are too many, in this order.
#[derive(Clone, Copy)]
enum Surplus {
    Idle,
    Admitting,
    Oldest,
}

impl<E: Engine> SqlStore<E> {
    /// Looks whether there are too many counters, if this attempt is the one that does. That it fails does not matter to
    /// who makes the attempt.
    pub(super) async fn bound_counters_now_and_then(&self, now: SystemTime) {
        if !self.counters.is_due() {
            return;
        }
        match self.bound_counters(now, self.counters.every.saturating_mul(2)).await {
            Ok(0) => {}
            Ok(removed) => {
                tracing::warn!(
                    removed,
                    auth.reason = "counters_full",
                    "too many names or sources are counted; the oldest went"
                );
            }
            Err(error) => {
                let cause: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(cause, "whether too many names or sources are counted could not be read");
            }
        }
    }

    /// Removes at most so many counters if there are too many, and says how many it has removed.
    pub(super) async fn bound_counters(&self, now: SystemTime, limit: u32) -> Result<u64, StoreError> {
        let mut removed = 0_u64;
        for kind in [Surplus::Idle, Surplus::Admitting, Surplus::Oldest] {
            let left = limit.saturating_sub(u32::try_from(removed).unwrap_or(u32::MAX));
            if left == 0 {
                break;
            }
            let Some(mut row) = self.read_one(SURPLUS_SINCE, values![self.counters.max]).await? else { break };
            let count = match kind {
                Surplus::Idle => self.sweep_kind((IDLE_COUNTERS, 1, DELETE_COUNTER), millis_of(now), left).await?,
                Surplus::Admitting => self.sweep_kind((ADMITTING, 1, DELETE_ADMITTING), i64::MAX, left).await?,
                Surplus::Oldest => self.sweep_kind((OLDEST, 1, DELETE_OLDEST), row.integer()?, left).await?,
            };
            removed = removed.saturating_add(count);
        }
        Ok(removed)
    }
}
