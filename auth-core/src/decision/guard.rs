//! A decision for a guard that passes the request on at once.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::check::{Caller, Check, State};
use super::handle::Handle;
use crate::catalogue::Endpoint;
use crate::head::RequestHead;
use crate::refusal::Refusal;

/// Decides whether the request may reach the endpoint's handler, for a guard that passes it on at once.
///
/// As [`begin`](super::begin), with less to keep: where nothing has to be waited for, the verdict is kept before this
/// returns. For frameworks whose requests can be copied with what layers have left in them: a second party is refused
/// with 500, as long as the guard has not [entered](Handle::enter) a handle of its own.
#[must_use = "the request does not pass unless the guard says so"]
#[inline]
pub fn guard(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint) -> Guard {
    // Here, where the compiler knows the endpoint, it costs nothing to ask.
    if endpoint.policy.public.is_some() {
        if let Some(handle) = handle {
            handle.record_public(endpoint);
        }
        return Guard(GuardState::Decided(Some(Ok(()))));
    }
    Guard(GuardState::begin(handle, head, endpoint))
}

/// A decision for a guard: a small future that owns what it needs.
#[must_use = "the request does not pass unless the guard says so"]
#[derive(Debug)]
pub struct Guard(GuardState);

#[derive(Debug)]
enum GuardState {
    Decided(Option<Result<(), Refusal>>),
    /// Apart: frameworks keep the guard in every request's future.
    Waits(Box<Check>),
}

impl GuardState {
    fn begin(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint) -> Self {
        match State::begin(handle, head, endpoint, Caller::SoleGuard) {
            State::Done(Some(Ok(verdict))) => {
                Self::Decided(Some(handle.map_or(Ok(()), |handle| handle.record(verdict, Caller::SoleGuard))))
            }
            State::Done(Some(Err(refusal))) => Self::Decided(Some(Err(refusal))),
            State::Done(None) => Self::Decided(None),
            state @ State::Pending(_) => Self::Waits(Box::new(Check::of(state, handle, Caller::SoleGuard))),
        }
    }
}

impl Future for Guard {
    type Output = Result<(), Refusal>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.get_mut().0 {
            // Polled after it was ready: whoever does that gets no second answer.
            GuardState::Decided(result) => result.take().map_or(Poll::Pending, Poll::Ready),
            GuardState::Waits(check) => Pin::new(check.as_mut()).poll(cx).map(|result| result.map(drop)),
        }
    }
}
