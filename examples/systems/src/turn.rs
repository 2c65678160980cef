//! Whose turn it is to load the accounts: one process at a time, and never one that has died.

use std::time::{Duration, SystemTime};

use auth_issuer::stores::AnyStore;
use auth_issuer::sweep::SweepStore as _;
use auth_issuer::token_ids::TokenIdStore as _;

use crate::failure::StartError;

/// How often the process whose turn it is says that it lives.
const BEAT: Duration = Duration::from_secs(1);
/// After which silence the others count it as dead.
const SILENCE: Duration = Duration::from_secs(5);
/// How often a process looks.
const LOOK: Duration = Duration::from_millis(50);
/// How long the store remembers a beat: longer than any loading.
const REMEMBERED: Duration = Duration::from_hours(24);

/// The kind of the ids that are remembered.
const KIND: &str = "accounts_turn";

/// The right to load, as a chain of beats in the store: `0`, `1`, `2`, ..
///
/// The store takes each id once. So whoever writes the next beat has the turn: the one that has had it and lives, or the
/// first of the others after a [silence](SILENCE). One that was only slow finds its beat written by another, and stops.
#[derive(Debug)]
pub(crate) struct Turn {
    next: u64,
}

impl Turn {
    /// Waits until it is this process's turn; `None` if `is_done` before. A store on which nobody has ever begun is not
    /// waited for.
    pub(crate) async fn wait(
        store: &AnyStore,
        is_done: impl AsyncFn() -> Result<bool, StartError>,
    ) -> Result<Option<Self>, StartError> {
        // What is left of a start long ago is forgotten, and does not count.
        store.sweep(SystemTime::now(), 1_000).await?;
        let mut next = 0;
        loop {
            let mut since = tokio::time::Instant::now();
            while next > 0 || is_written(store, next).await? {
                if is_written(store, next).await? {
                    (next, since) = (after(next), tokio::time::Instant::now());
                    continue;
                }
                if is_done().await? {
                    return Ok(None);
                }
                if since.elapsed() >= SILENCE {
                    break;
                }
                tokio::time::sleep(LOOK).await;
            }
            if write(store, next).await? {
                return Ok(Some(Self { next: after(next) }));
            }
            // Another one was faster.
            next = after(next);
        }
    }

    /// Does `work`, and says meanwhile that this process lives.
    ///
    /// # Errors
    ///
    /// Those of `work`. If another process has taken the turn over, `Ok(None)`: `work` was stopped where it was.
    pub(crate) async fn during<T>(
        mut self,
        store: &AnyStore,
        work: impl Future<Output = Result<T, StartError>>,
    ) -> Result<Option<T>, StartError> {
        let beats = async {
            loop {
                tokio::time::sleep(BEAT).await;
                if !write(store, self.next).await? {
                    return Ok::<_, StartError>(());
                }
                self.next = after(self.next);
            }
        };
        tokio::select! {
            done = work => done.map(Some),
            lost = beats => lost.map(|()| None),
        }
    }
}

const fn after(beat: u64) -> u64 {
    beat.saturating_add(1)
}

async fn is_written(store: &AnyStore, beat: u64) -> Result<bool, StartError> {
    Ok(store.is_token_id_spent(KIND, &beat.to_string()).await?)
}

async fn write(store: &AnyStore, beat: u64) -> Result<bool, StartError> {
    let now = SystemTime::now();
    Ok(store.spend_token_id(KIND, &beat.to_string(), now.checked_add(REMEMBERED).unwrap_or(now)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn store() -> AnyStore {
        AnyStore::open("memory:").await.expect("memory")
    }

    async fn never() -> Result<bool, StartError> {
        Ok(false)
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_waited_for_where_nobody_has_begun() {
        let (store, begun) = (store().await, tokio::time::Instant::now());
        assert!(Turn::wait(&store, never).await.expect("memory").is_some());
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dead_process_is_waited_for_no_longer_than_its_silence() {
        let store = store().await;
        let _dead = Turn::wait(&store, never).await.expect("memory").expect("the first");
        let begun = tokio::time::Instant::now();
        let second = Turn::wait(&store, never).await.expect("memory").expect("takes over");
        assert!(begun.elapsed() >= SILENCE && begun.elapsed() < SILENCE + BEAT, "{:?}", begun.elapsed());
        assert_eq!(second.next, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_living_process_keeps_its_turn_however_long_it_takes() {
        let store = store().await;
        let first = Turn::wait(&store, never).await.expect("memory").expect("the first");
        let work = async {
            tokio::time::sleep(SILENCE * 20).await;
            Ok("loaded")
        };
        tokio::select! {
            done = first.during(&store, work) => assert_eq!(done.expect("memory"), Some("loaded")),
            _ = Turn::wait(&store, never) => panic!("there are two"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_that_was_taken_for_dead_stops() {
        let store = store().await;
        let slow = Turn::wait(&store, never).await.expect("memory").expect("the first");
        let other = Turn::wait(&store, never).await.expect("memory").expect("takes over");
        let work = async { std::future::pending::<Result<(), StartError>>().await };
        assert_eq!(slow.during(&store, work).await.expect("memory"), None);
        assert_eq!(other.during(&store, async { Ok(()) }).await.expect("memory"), Some(()));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_when_the_work_is_done() {
        let store = store().await;
        let _dead = Turn::wait(&store, never).await.expect("memory").expect("the first");
        assert!(Turn::wait(&store, async || Ok(true)).await.expect("memory").is_none());
    }
}
