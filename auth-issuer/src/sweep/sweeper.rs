//! The loop.

use std::fmt;
use std::time::Duration;

use auth_core::{Clock, SystemClock};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::store::SweepStore;

/// Rows of each kind that one batch removes.
const BATCH: u32 = 500;
/// Batches of one round, so that a round ends.
const MAX_BATCHES: u32 = 100;
/// Between two batches others get their turn.
const PAUSE: Duration = Duration::from_millis(20);

/// Removes what has expired, now and then, until it is dropped. Any number of nodes may run one.
///
/// A round removes batches of 500 rows of each kind until nothing is left, at most 100 of them; the next begins after
/// the interval, more or less a quarter of it, so that nodes that start together do not sweep together.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
/// use auth_issuer::MemoryStore;
/// use auth_issuer::sweep::Sweeper;
///
/// # async fn f(store: MemoryStore) {
/// let sweeper = Sweeper::start(store, Duration::from_secs(600));
/// // As long as the service runs.
/// drop(sweeper);
/// # }
/// ```
#[must_use = "it stops when it is dropped"]
pub struct Sweeper(JoinHandle<()>);

impl Sweeper {
    /// Sweeps every `interval`, in a task of the tokio runtime that this is called in.
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime.
    pub fn start(store: impl SweepStore, interval: Duration) -> Self {
        Self::with_clock(store, interval, SystemClock::default())
    }

    /// The same with a clock of one's own.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn with_clock(store: impl SweepStore, interval: Duration, clock: impl Clock) -> Self {
        Self(tokio::spawn(async move {
            loop {
                sleep(with_jitter(interval, random())).await;
                sweep(&store, &clock).await;
            }
        }))
    }
}

async fn sweep(store: &impl SweepStore, clock: &impl Clock) {
    let mut removed: u64 = 0;
    for _ in 0..MAX_BATCHES {
        match store.sweep(clock.now(), BATCH).await {
            Ok(0) => break,
            Ok(rows) => removed = removed.saturating_add(rows),
            Err(error) => {
                let cause: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(cause, "what has expired could not be removed; it is tried again later");
                return;
            }
        }
        sleep(PAUSE).await;
    }
    tracing::debug!(removed, "what has expired was removed");
}

/// The interval, three quarters to five quarters of it.
fn with_jitter(interval: Duration, random: u8) -> Duration {
    let quarter = interval.checked_div(4).unwrap_or_default();
    let share = interval.checked_div(512).unwrap_or_default().saturating_mul(u32::from(random));
    interval.saturating_sub(quarter).saturating_add(share)
}

/// Good enough to spread; without randomness everybody is in the middle.
fn random() -> u8 {
    let mut byte = [128];
    if getrandom::fill(&mut byte).is_err() {
        return 128;
    }
    byte[0]
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Sweeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sweeper")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::SystemTime;

    use auth_core::StoreError;

    use super::*;

    /// A store with so many rows to remove, that counts how often it was asked.
    #[derive(Clone, Default)]
    struct Rows {
        left: Arc<AtomicU64>,
        asked: Arc<AtomicU64>,
    }

    impl SweepStore for Rows {
        async fn sweep(&self, _: SystemTime, limit: u32) -> Result<u64, StoreError> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            let left = self.left.load(Ordering::Relaxed);
            let removed = left.min(limit.into());
            self.left.store(left.abs_diff(removed), Ordering::Relaxed);
            if left == 13 { Err(StoreError::new("down")) } else { Ok(removed) }
        }
    }

    #[test]
    fn jitter_is_a_quarter_each_way() {
        let hour = Duration::from_hours(1);
        assert_eq!(with_jitter(hour, 0), Duration::from_mins(45));
        assert!(with_jitter(hour, 255) <= Duration::from_mins(75) && with_jitter(hour, 255) > Duration::from_mins(74));
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_removes_everything_in_batches_and_another_follows() {
        let rows = Rows::default();
        rows.left.store(1_200, Ordering::Relaxed);
        let sweeper = Sweeper::start(rows.clone(), Duration::from_secs(100));
        sleep(Duration::from_secs(74)).await;
        assert_eq!(rows.asked.load(Ordering::Relaxed), 0, "not at once");
        sleep(Duration::from_secs(53)).await;
        assert_eq!(rows.left.load(Ordering::Relaxed), 0);
        assert_eq!(rows.asked.load(Ordering::Relaxed), 4, "500, 500, 200, nothing");

        rows.left.store(13, Ordering::Relaxed);
        sleep(Duration::from_secs(130)).await;
        let asked = rows.asked.load(Ordering::Relaxed);
        assert!(asked >= 5, "another round, which a failure ends");
        sleep(Duration::from_secs(130)).await;
        assert!(rows.asked.load(Ordering::Relaxed) > asked, "and yet another");

        drop(sweeper);
        let asked = rows.asked.load(Ordering::Relaxed);
        sleep(Duration::from_secs(1_000)).await;
        assert_eq!(rows.asked.load(Ordering::Relaxed), asked, "it has stopped");
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_ends_whatever_is_left() {
        let rows = Rows::default();
        rows.left.store(u64::MAX, Ordering::Relaxed);
        sweep(&rows, &SystemClock::default()).await;
        assert_eq!(rows.asked.load(Ordering::Relaxed), u64::from(MAX_BATCHES));
    }
}
