//! The places of one attempt.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::runtime::Handle;

use super::rule::{CounterKey, Rule, Settled};
use super::service::Inner;
use crate::unavailable::Unavailable;

/// One place under one counter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) key: CounterKey,
    pub(super) rule: Rule,
    pub(super) is_cleared_by_success: bool,
}

/// The places of an attempt that was admitted. [Settle](Self::settle) them; dropped without, they count as
/// [abandoned](Settled::Abandoned), as those of a request whose caller has gone away.
#[must_use = "an attempt that is not settled counts as abandoned"]
pub struct Reservation {
    throttle: Option<Arc<Inner>>,
    held: Vec<Held>,
    outcome: Settled,
    now: SystemTime,
    runtime: Option<Handle>,
}

impl Reservation {
    pub(super) fn new(throttle: Arc<Inner>, now: SystemTime) -> Self {
        let runtime = Handle::try_current().ok();
        Self { throttle: Some(throttle), held: Vec::new(), outcome: Settled::Abandoned, now, runtime }
    }

    /// No places: of an attempt that is not counted.
    pub(crate) fn none() -> Self {
        let now = SystemTime::UNIX_EPOCH;
        Self { throttle: None, held: Vec::new(), outcome: Settled::Abandoned, now, runtime: None }
    }

    pub(super) fn add(&mut self, held: Held) {
        self.held.push(held);
    }

    /// Says how the attempt ended. Answer the caller after that only.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn settle(mut self, outcome: Settled) -> Result<(), Unavailable> {
        let Some(throttle) = self.throttle.clone() else { return Ok(()) };
        // Should the caller go away meanwhile, the rest is settled when this is dropped.
        self.outcome = outcome;
        while let Some(held) = self.held.last().copied() {
            throttle.settle(&held, outcome, self.now).await?;
            self.held.pop();
        }
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return;
        }
        // Without a runtime the places are free when their lease ends.
        let (Some(throttle), Some(runtime)) = (self.throttle.take(), &self.runtime) else { return };
        let (outcome, now) = (self.outcome, self.now);
        drop(runtime.spawn(async move {
            for held in held {
                if let Err(error) = throttle.settle(&held, outcome, now).await {
                    let cause: &(dyn std::error::Error + 'static) = &error;
                    tracing::warn!(cause, "an attempt could not be settled; its place is free when its lease ends");
                }
            }
        }));
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation").field("places", &self.held.len()).finish_non_exhaustive()
    }
}
