//! The feed: reads what other processes have changed, so that what was verified here is not believed any longer.
//!
//! A task reads the [log of changes](super::changes) each quarter of a second, and at once where PostgreSQL's NOTIFY
//! wakes it; the log alone says what has changed, so a notification that is lost costs time and nothing else. Caches are
//! trusted for a second from the moment before the log was read: whatever happens to the database, the network or this
//! task, a change that is committed is respected everywhere a second later. Without an answer for that long the cache is
//! passed by, and each request asks the store, until the log can be read again; then everything is verified anew.
//!
//! The task has a connection of its own, so that it is heard where all others are busy. It begins when a verifier first
//! asks who withdraws, and ends with the last handle to the store.

use std::collections::HashSet;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use auth_core::cache::Revocations;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::Engine;
use super::changes::{MOST_READ, Page, withdraw};
use super::failure::Failure;

/// How long a change elsewhere may go unnoticed.
const BOUND: Duration = Duration::from_secs(1);
/// Between two looks at the log.
const INTERVAL: Duration = Duration::from_millis(250);
/// How long an answer is waited for, and then a connection.
const PATIENCE: Duration = Duration::from_millis(500);

/// A connection that follows the log.
pub(super) trait Follow: Send {
    /// Reads the changes from a position on.
    fn read(&mut self, from: i64) -> impl Future<Output = Result<Page, Failure>> + Send;

    /// Waits for that long, or until there may be something to read. An error is a connection that is lost.
    fn wait(&mut self, at_most: Duration) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Who withdraws what was read of a store that others change too. Clones share it; the last one ends the task.
#[derive(Clone)]
pub(super) struct Feed(Arc<Shared>);

struct Shared {
    revocations: Revocations,
    runtime: Handle,
    task: OnceLock<JoinHandle<()>>,
}

impl Feed {
    /// A feed that is silent until it is [started](Self::start), in the runtime that this is called in.
    pub(super) fn new() -> Self {
        let (revocations, runtime) = (Revocations::with_feed(), Handle::current());
        Self(Arc::new(Shared { revocations, runtime, task: OnceLock::new() }))
    }

    pub(super) fn revocations(&self) -> &Revocations {
        &self.0.revocations
    }

    /// Follows the log from now on; once only.
    pub(super) fn start<E: Engine>(&self, engine: &E) -> Revocations {
        self.0.task.get_or_init(|| {
            let (engine, revocations) = (engine.clone(), self.0.revocations.clone());
            self.0.runtime.spawn(async move { follow(&engine, &revocations).await })
        });
        self.0.revocations.clone()
    }

    /// Ends the task: nothing is cached from now on.
    pub(super) fn stop(&self) {
        // A task that was never started is not started by a clone either.
        self.0.task.get_or_init(|| self.0.runtime.spawn(async {})).abort();
        self.0.revocations.trust_until(Instant::now());
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
        self.revocations.trust_until(Instant::now());
    }
}

/// Follows the log over one connection after another.
async fn follow<E: Engine>(engine: &E, revocations: &Revocations) {
    let mut is_told = false;
    loop {
        let failure: Failure = match timeout(PATIENCE, engine.follow()).await {
            Ok(Ok(mut connection)) => match begin(&mut connection, revocations).await {
                Ok(position) => {
                    if std::mem::take(&mut is_told) {
                        tracing::info!("changes by other processes are heard again; verdicts are cached");
                    }
                    go_on(&mut connection, position, revocations).await
                }
                Err(failure) => failure,
            },
            Ok(Err(failure)) => failure,
            Err(_elapsed) => silence(),
        };
        if !std::mem::replace(&mut is_told, true) {
            let error = auth_core::StoreError::from(failure);
            let cause: &(dyn std::error::Error + 'static) = &error;
            tracing::warn!(
                auth.reason = "revocation_feed_silent",
                cause,
                "changes by other processes are not heard; verdicts are not cached until they are"
            );
        }
        sleep(INTERVAL).await;
    }
}

/// The first look over a connection. What was believed before is verified anew: nobody knows what was missed.
async fn begin(connection: &mut impl Follow, revocations: &Revocations) -> Result<i64, Failure> {
    let before = Instant::now();
    let page = read(connection, i64::MAX).await?;
    revocations.revoke_all();
    trust(revocations, before);
    Ok(page.next)
}

/// Looks again and again, until it fails.
async fn go_on(connection: &mut impl Follow, mut position: i64, revocations: &Revocations) -> Failure {
    // What is read again, since an older transaction is still open.
    let mut known = HashSet::new();
    loop {
        if let Err(failure) = connection.wait(INTERVAL).await {
            return failure;
        }
        let before = Instant::now();
        let page = match read(connection, position).await {
            Ok(page) => page,
            Err(failure) => return failure,
        };
        if page.changes.len() > MOST_READ || page.next < position {
            known.clear();
            revocations.revoke_all();
        } else {
            for change in &page.changes {
                if !known.contains(change) {
                    withdraw(&change.1, &change.2, revocations);
                }
            }
            known = page.changes.into_iter().collect();
        }
        position = page.next;
        trust(revocations, before);
    }
}

async fn read(connection: &mut impl Follow, from: i64) -> Result<Page, Failure> {
    timeout(PATIENCE, connection.read(from)).await.unwrap_or_else(|_elapsed| Err(silence()))
}

/// Every change that is committed after `before` is read within the bound, or the cache is passed by.
fn trust(revocations: &Revocations, before: Instant) {
    if let Some(until) = before.checked_add(BOUND) {
        revocations.trust_until(until);
    }
}

fn silence() -> Failure {
    Failure::Other(auth_core::StoreError::new("the database does not answer"))
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// What each look comes to, one after another; then it is lost.
    struct Script(VecDeque<Page>);

    impl Follow for Script {
        async fn read(&mut self, _: i64) -> Result<Page, Failure> {
            self.0.pop_front().ok_or_else(silence)
        }

        async fn wait(&mut self, _: Duration) -> Result<(), Failure> {
            Ok(())
        }
    }

    fn page(next: i64, names: &[(i64, &str)]) -> Page {
        let change = |&(position, name): &(i64, &str)| (position, "account".to_owned(), name.to_owned());
        Page { next, changes: names.iter().map(change).collect() }
    }

    async fn go(revocations: &Revocations, pages: impl IntoIterator<Item = Page>) {
        go_on(&mut Script(pages.into_iter().collect()), 5, revocations).await;
    }

    #[tokio::test]
    async fn nothing_is_trusted_before_the_first_look_and_all_is_verified_anew_after_it() {
        let revocations = Revocations::with_feed();
        assert_eq!(revocations.mark(), None);
        let mut script = Script(VecDeque::from([page(5, &[]), page(5, &[])]));
        assert_eq!(begin(&mut script, &revocations).await.expect("an answer"), 5);
        let mark = revocations.mark().expect("trusted");
        begin(&mut script, &revocations).await.expect("an answer");
        assert!(!revocations.holds("ada", None, mark), "over another connection");
        assert!(begin(&mut script, &revocations).await.is_err());
    }

    #[tokio::test]
    async fn a_change_withdraws_once_however_often_it_is_read() {
        let revocations = Revocations::with_feed();
        trust(&revocations, Instant::now());
        let mark = revocations.mark().expect("trusted");
        go(&revocations, [page(5, &[(6, "ada")])]).await;
        assert!(!revocations.holds("ada", None, mark) && revocations.holds("bob", None, mark));

        let generations = format!("{revocations:?}");
        go(&revocations, [page(5, &[(6, "bob")]), page(5, &[(6, "bob")]), page(5, &[(6, "bob")])]).await;
        let once = format!("{revocations:?}");
        assert_ne!(generations, once);
        let before = revocations.mark().expect("trusted");
        go(&revocations, [page(5, &[])]).await;
        assert_eq!(revocations.mark(), Some(before));
    }

    #[tokio::test]
    async fn too_many_changes_and_a_log_that_goes_back_withdraw_everything() {
        let revocations = Revocations::with_feed();
        trust(&revocations, Instant::now());
        let mark = revocations.mark().expect("trusted");
        let many: Vec<_> = (0..=1_000).map(|n| (n + 5, "bob")).collect();
        go(&revocations, [page(5, &many)]).await;
        assert!(!revocations.holds("ada", None, mark));

        let mark = revocations.mark().expect("trusted");
        go(&revocations, [page(4, &[])]).await;
        assert!(!revocations.holds("ada", None, mark));
    }
}
