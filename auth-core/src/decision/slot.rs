//! Where the verdicts of a request are kept.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::check::Caller;
use super::handle::{Handle, Verdict};
use super::success::{Said, SuccessHeaders};
use crate::refusal::Refusal;

/// What all layers and guards of a request share.
///
/// The two marks are set under the lock, and say without it that there is nothing to be found there, which is what most
/// requests ask.
#[derive(Default)]
pub(super) struct Shared {
    slot: Mutex<Slot>,
    has_verdict: AtomicBool,
    /// What the verdicts say to caches, as the bits of [`Said`].
    said: AtomicU8,
    /// Whether a guard of a handler has begun to decide for this slot.
    is_taken: AtomicBool,
    /// Of the request that this one is a copy of, or that has come through an inner layer since: the layers around it hear
    /// of every verdict.
    whole: Option<Arc<Shared>>,
}

#[derive(Default)]
pub(super) struct Slot {
    /// The first verdict lies inline: most requests reach one.
    first: Option<Verdict>,
    is_first_current: bool,
    rest: Option<Box<Rest>>,
}

/// What few requests have.
#[derive(Default)]
struct Rest {
    verdicts: Vec<Verdict>,
    /// Which of them is that of the handler's own policy, if not the first of all.
    current: Option<usize>,
    /// That of the guard before, where the current one is public and says nothing of a party.
    before_public: Option<Verdict>,
    /// What an extractor has refused.
    withheld: Option<Refusal>,
}

thread_local! {
    /// The slot of an earlier request of this thread, as new, so that the next one need not allocate.
    static SPARE: Cell<Option<Arc<Shared>>> = const { Cell::new(None) };
}

/// The verdicts of a request, for the layer that waits for its answer.
#[derive(Debug)]
pub struct Verdicts(Arc<Shared>);

impl Verdicts {
    /// What the verdicts, all in the request's favour, say to caches now that the answer is there, if anything. Refusals
    /// carry their own fields.
    #[must_use]
    #[inline]
    pub fn into_success_headers(self) -> Option<SuccessHeaders> {
        let headers = (self.0.said() != Said::NOTHING).then(|| self.0.success_headers());
        Shared::recycle(self.0);
        headers
    }
}

impl Handle {
    /// The verdicts that are going to be reached through this handle, without the handle.
    #[must_use]
    pub fn verdicts(&self) -> Verdicts {
        Verdicts(Arc::clone(self.shared()))
    }
}

impl Shared {
    /// An empty slot.
    #[inline]
    pub(super) fn take() -> Arc<Self> {
        // While the thread ends there is no spare one.
        SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    /// Keeps the slot for another request, emptied, if nobody else holds it: then this request is over.
    fn recycle(mut shared: Arc<Self>) {
        if let Some(Self { slot, has_verdict, said, is_taken, whole: None }) = Arc::get_mut(&mut shared)
            && let Ok(slot) = slot.get_mut()
        {
            slot.first = None;
            if slot.rest.is_some() {
                slot.rest = None;
            }
            *has_verdict.get_mut() = false;
            *is_taken.get_mut() = false;
            *said.get_mut() = Said::NOTHING.bits();
            // While the thread ends it is dropped.
            let _ = SPARE.try_with(|spare| spare.set(Some(shared)));
        }
    }

    /// The slot of a copy of the request, if a guard has begun to decide for this one before.
    #[inline]
    pub(super) fn enter(self: &Arc<Self>) -> Option<Arc<Self>> {
        let copy = || Self { is_taken: AtomicBool::new(true), whole: Some(Arc::clone(self)), ..Self::default() };
        self.is_taken.swap(true, Ordering::AcqRel).then(|| Arc::new(copy()))
    }

    /// The slot of the same request within an inner layer: what was decided outside is no decision of the handlers inside.
    pub(super) fn within(self: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self { whole: Some(Arc::clone(self)), ..Self::default() })
    }

    /// The slot of the outermost layer, which hears of every verdict.
    pub(super) fn outermost(&self) -> &Self {
        self.whole.as_ref().map_or(self, |whole| whole.outermost())
    }

    #[inline]
    pub(super) fn has_verdict(&self) -> bool {
        self.has_verdict.load(Ordering::Acquire)
    }

    pub(super) fn said(&self) -> Said {
        Said::from_bits(self.said.load(Ordering::Acquire))
    }

    /// Keeps a verdict; gives it back if it is of another party than the current one, whose handler would take the one
    /// for the other.
    #[inline]
    pub(super) fn record(&self, verdict: Verdict, caller: Caller) -> Result<(), Verdict> {
        let for_whole = self.whole.as_ref().map(|whole| (whole, verdict.clone()));
        {
            let mut slot = self.slot();
            let said = verdict.said();
            slot.record(verdict, caller)?;
            if said != Said::NOTHING {
                self.said.fetch_or(said.bits(), Ordering::Release);
            }
            self.has_verdict.store(true, Ordering::Release);
        }
        match for_whole {
            Some((whole, verdict)) => whole.record(verdict, Caller::Layer),
            None => Ok(()),
        }
    }

    /// Looks through the verdicts, those of the whole request too. Most requests have none when they are asked.
    #[inline]
    pub(super) fn find<T>(&self, look: &impl Fn(&Verdict) -> Option<T>) -> Option<T> {
        if self.has_verdict() || self.whole.is_some() { self.find_among(look) } else { None }
    }

    fn find_among<T>(&self, look: &impl Fn(&Verdict) -> Option<T>) -> Option<T> {
        let found = self.has_verdict().then(|| self.slot().verdicts().find_map(look)).flatten();
        found.or_else(|| self.whole.as_ref()?.find(look))
    }

    /// Keeps a refusal; the first one counts.
    pub(super) fn withhold(&self, refusal: &Refusal) {
        if let Some(whole) = &self.whole {
            whole.withhold(refusal);
        }
        self.slot().withhold(refusal);
    }

    /// The slot is never left half written, so a poisoned lock holds nothing wrong.
    #[inline]
    pub(super) fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// The verdicts, in the order in which they were reached.
    pub(super) fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        self.first.iter().chain(self.rest.iter().flat_map(|rest| &rest.verdicts))
    }

    /// The verdict of the handler's own policy.
    #[inline]
    pub(super) fn current(&self) -> Option<&Verdict> {
        if self.is_first_current {
            return self.first.as_ref();
        }
        let rest = self.rest.as_ref()?;
        rest.verdicts.get(rest.current?)
    }

    /// The verdict of the last guard whose handler may read a party.
    fn last_of_a_party(&self) -> Option<&Verdict> {
        match self.current()? {
            public if public.is_public() => self.rest.as_ref()?.before_public.as_ref(),
            current => Some(current),
        }
    }

    pub(super) fn withheld(&self) -> Option<&Refusal> {
        self.rest.as_ref()?.withheld.as_ref()
    }

    fn withhold(&mut self, refusal: &Refusal) {
        self.rest.get_or_insert_default().withheld.get_or_insert_with(|| refusal.clone());
    }

    #[inline]
    fn record(&mut self, verdict: Verdict, caller: Caller) -> Result<(), Verdict> {
        if self.first.is_none() {
            self.first = Some(verdict);
            self.is_first_current = caller != Caller::Layer;
            return Ok(());
        }
        self.record_more(verdict, caller)
    }

    #[cold]
    fn record_more(&mut self, verdict: Verdict, caller: Caller) -> Result<(), Verdict> {
        let is_other = |known: &Verdict| !verdict.is_public() && !known.is_of_same_party(&verdict);
        if caller == Caller::SoleGuard && self.last_of_a_party().is_some_and(is_other) {
            return Err(verdict);
        }
        let before_public = self.last_of_a_party().filter(|_| verdict.is_public()).cloned();
        let rest = self.rest.get_or_insert_default();
        if caller != Caller::Layer {
            self.is_first_current = false;
            rest.current = Some(rest.verdicts.len());
            rest.before_public = before_public;
        }
        rest.verdicts.push(verdict);
        Ok(())
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("has_verdict", &self.has_verdict()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Endpoint;
    use crate::policy::Policy;

    static OPEN: Endpoint = Endpoint {
        name: "open",
        module: module_path!(),
        file: file!(),
        line: line!(),
        policy: Policy::public("a test"),
        principal: None,
    };

    /// What one request has decided is nothing to the next one of its thread.
    #[test]
    fn a_slot_is_used_again_empty() {
        let shared = Shared::take();
        shared.record(Verdict::public(&OPEN), Caller::Guard).unwrap();
        let at = Arc::as_ptr(&shared);
        drop(Verdicts(shared).into_success_headers());
        let again = Shared::take();
        assert_eq!(Arc::as_ptr(&again), at);
        assert!(!again.has_verdict() && again.slot().current().is_none());
    }

    #[test]
    fn a_slot_that_somebody_holds_is_not_used_again() {
        let held = Shared::take();
        held.record(Verdict::public(&OPEN), Caller::Guard).unwrap();
        drop(Verdicts(Arc::clone(&held)).into_success_headers());
        let other = Shared::take();
        assert!(!Arc::ptr_eq(&held, &other) && !other.has_verdict());
        assert!(held.has_verdict());
    }
}
