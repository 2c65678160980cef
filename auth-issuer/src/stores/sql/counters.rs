//! How many counters a database keeps.
//!
//! Whoever guesses chooses the keys of counters, so a table that only a sweep shortens grows as fast as somebody can ask.
//! Every handle looks now and then, in the course of an attempt, whether there are too many, and removes twice as many as
//! it has made since it looked last: the oldest that refuse nobody, and where there are too few of them the oldest of all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use auth_core::api_keys::StoreError;

use super::statements::statements;
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

impl<E: Engine> SqlStore<E> {
    /// Looks whether there are too many counters, if this attempt is the one that does. That it fails does not matter to
    /// who makes the attempt.
    pub(super) async fn bound_counters_now_and_then(&self) {
        if !self.counters.is_due() {
            return;
        }
        match self.bound_counters(self.counters.every.saturating_mul(2)).await {
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
    pub(super) async fn bound_counters(&self, limit: u32) -> Result<u64, StoreError> {
        let Some(mut row) = self.read_one(SURPLUS_SINCE, values![self.counters.max]).await? else { return Ok(0) };
        let since = row.integer()?;
        let admitting = self.sweep_kind((ADMITTING, 1, DELETE_ADMITTING), i64::MAX, limit).await?;
        let left = limit.saturating_sub(u32::try_from(admitting).unwrap_or(u32::MAX));
        if left == 0 {
            return Ok(admitting);
        }
        let oldest = self.sweep_kind((OLDEST, 1, DELETE_OLDEST), since, left).await?;
        Ok(admitting.saturating_add(oldest))
    }
}
