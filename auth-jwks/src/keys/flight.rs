//! One question at a time, asked rarely.
//!
//! A question runs in a task of its own, so that nobody who waits for it, and goes away, takes it along. Its end, of
//! whatever kind, is noted by the guard that it holds.

use std::error::Error;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use auth_core::jwt::{JwtAlgorithm, JwtKeySet};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{KeySetError, KeySetErrorKind, Remote, Snapshot, meter};

/// How soon after a failure the provider is asked again, if there is no set to use.
const RETRY_WITHOUT_KEYS: Duration = Duration::from_secs(5);
/// How soon after a failure the provider is asked again for an unknown key, if there is a set to use.
const RETRY_FOR_UNKNOWN: Duration = Duration::from_mins(1);
/// The longest pause after failures in the background.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// Longer than two documents take. A question that is older is on a runtime that nobody runs.
const LONGEST_QUESTION: Duration = Duration::from_secs(10);

/// Why the provider is to be asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    /// The set grows old.
    Background,
    /// The program wants it, whatever happened before.
    Operator,
    /// A key is not at hand.
    UnknownKey,
}

/// What was asked last.
#[derive(Default)]
pub(super) struct State {
    /// And since when.
    under_way: Option<(Flight, Instant)>,
    /// When the last question failed, and how many did in a row; `None` after a success.
    failed: Option<(Instant, u32)>,
}

/// The question that is under way.
#[derive(Clone)]
pub(super) struct Flight(watch::Receiver<Option<Result<(), KeySetError>>>);

/// A question to join, and the task that asks it if it is a new one.
struct Start {
    flight: Flight,
    task: Option<(Handle, Landing)>,
}

/// Held by the task that asks. Whatever becomes of the task, the next question is free to go.
struct Landing {
    remote: Arc<Remote>,
    outcome: watch::Sender<Option<Result<(), KeySetError>>>,
    is_noted: bool,
}

impl Remote {
    /// Joins the question that is under way, or asks if that is allowed now.
    pub(super) fn join(self: &Arc<Self>, demand: Demand, now: Instant) -> Result<Flight, KeySetError> {
        let start = self.start(&mut self.state(), demand, now)?;
        Ok(start.go())
    }

    /// The same for those who wait neither for the outcome nor for the lock.
    pub(super) fn try_join(self: &Arc<Self>, demand: Demand, now: Instant) {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Somebody else sees to it.
            Err(TryLockError::WouldBlock) => return,
        };
        let start = self.start(&mut state, demand, now);
        drop(state);
        // If it is too early, whoever comes later tries again.
        if let Ok(start) = start {
            drop(start.go());
        }
    }

    fn start(self: &Arc<Self>, state: &mut State, demand: Demand, now: Instant) -> Result<Start, KeySetError> {
        if let Some((flight, since)) = &state.under_way
            && now.saturating_duration_since(*since) < LONGEST_QUESTION
        {
            return Ok(Start { flight: flight.clone(), task: None });
        }
        if !self.may_ask(state, demand, now) {
            return Err(KeySetError::new(KeySetErrorKind::RecentlyFailed));
        }
        let runtime = Handle::try_current().or(Err(KeySetError::new(KeySetErrorKind::NoRuntime)))?;
        let (outcome, receiver) = watch::channel(None);
        let flight = Flight(receiver);
        state.under_way = Some((flight.clone(), now));
        self.fetches.fetch_add(1, Ordering::Relaxed);
        let landing = Landing { remote: Arc::clone(self), outcome, is_noted: false };
        Ok(Start { flight, task: Some((runtime, landing)) })
    }

    fn may_ask(&self, state: &State, demand: Demand, now: Instant) -> bool {
        let Some((failed_at, in_a_row)) = state.failed else { return true };
        let has_keys = self.snapshot.load().as_deref().is_some_and(|snapshot| self.is_usable(snapshot, now));
        let pause = match demand {
            Demand::Operator => return true,
            _ if !has_keys => RETRY_WITHOUT_KEYS,
            Demand::UnknownKey => RETRY_FOR_UNKNOWN,
            Demand::Background => pause_after(in_a_row),
        };
        now.saturating_duration_since(failed_at) >= pause
    }

    /// Nothing that may panic happens under this lock, and every state of it is a good one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how a question ended.
    fn note(&self, result: Result<JwtKeySet, KeySetError>) -> Result<(), KeySetError> {
        let now = Instant::now();
        match result {
            Ok(set) => {
                let keys = names(&set);
                meter::fetched(&self.location, keys.len());
                let last = self.snapshot.swap(Some(Arc::new(Snapshot { set, fetched_at: now })));
                // After the swap: whoever may ask again from here on sees the new set.
                *self.state() = State::default();
                // What a key has signed that is gone now is not believed from memory.
                self.revocations.revoke_all();
                if last.is_none_or(|last| names(&last.set) != keys) {
                    tracing::info!(address = %self.location, keys = keys.len(), "remote keys changed");
                }
                Ok(())
            }
            Err(error) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                meter::failed(&self.location);
                let mut state = self.state();
                let before = state.failed.map_or(0, |(_, in_a_row)| in_a_row);
                *state = State { under_way: None, failed: Some((now, before.saturating_add(1))) };
                drop(state);
                let age = self.snapshot.load().as_deref().map(|snapshot| snapshot.age(now));
                let cause: &(dyn Error + 'static) = &error;
                tracing::warn!(address = %self.location, ?age, cause, "remote keys cannot be fetched");
                Err(error)
            }
        }
    }
}

impl Start {
    /// Starts the question if it is a new one. Must not run under the lock of the state: a runtime that is shutting
    /// down drops the task at once, and that notes its end.
    fn go(self) -> Flight {
        if let Some((runtime, landing)) = self.task {
            drop(runtime.spawn(landing.ask()));
        }
        self.flight
    }
}

impl Landing {
    async fn ask(mut self) {
        let result = self.remote.location.load(&self.remote.fetch, &self.remote.algorithms).await;
        self.land(result);
    }

    fn land(&mut self, result: Result<JwtKeySet, KeySetError>) {
        self.is_noted = true;
        let outcome = self.remote.note(result);
        self.outcome.send_replace(Some(outcome));
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if !self.is_noted {
            self.land(Err(KeySetError::new(KeySetErrorKind::Aborted)));
        }
    }
}

impl Flight {
    /// How the question ends.
    pub(super) async fn outcome(mut self) -> Result<(), KeySetError> {
        match self.0.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(outcome)) => outcome.clone(),
            _ => Err(KeySetError::new(KeySetErrorKind::Aborted)),
        }
    }
}

/// 1, 2, 4, then 5 minutes.
fn pause_after(failures_in_a_row: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(failures_in_a_row.saturating_sub(1));
    RETRY_FOR_UNKNOWN.saturating_mul(doubled).min(LONGEST_PAUSE)
}

/// What tells one set from another in the log.
fn names(set: &JwtKeySet) -> Vec<(Option<String>, JwtAlgorithm)> {
    set.keys().iter().map(|key| (key.id().map(str::to_owned), key.algorithm())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_five_minutes_and_no_further() {
        let minutes = [1, 2, 3, 4, 5, 40, u32::MAX].map(|failures| pause_after(failures).as_secs() / 60);
        assert_eq!(minutes, [1, 2, 4, 5, 5, 5, 5]);
    }
}
