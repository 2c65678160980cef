//! Who says that something verified before is not to be believed any more.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Instant;

/// How many stamps there are. Two parties that share one cost each other a verification now and then.
const STAMPS: usize = 1024;
const STAMPS_U64: u64 = 1024;

/// Withdraws what caches hold. Clones share one state; give one to a store and to the verifiers that read it.
///
/// Call it after the change is written, before the change is reported as done: a verification that began earlier, and
/// may have read the old state, is not used again.
///
/// # Examples
///
/// ```
/// use auth_core::cache::Revocations;
///
/// let revocations = Revocations::new();
/// let before = revocations.mark().expect("trusted");
/// revocations.revoke_subject("alice");
/// assert!(!revocations.holds("alice", None, before));
/// let after = revocations.mark().expect("trusted");
/// assert!(revocations.holds("alice", None, after), "what is read from now on counts");
/// ```
#[derive(Clone)]
pub struct Revocations(Arc<Shared>);

struct Shared {
    /// Raised by every revocation, before its stamp is set.
    generation: AtomicU64,
    /// The generation of the last revocation of everything.
    everything: AtomicU64,
    /// The generation of the last revocation of each subject and credential id, by hash.
    stamps: Box<[AtomicU64]>,
    hasher: RandomState,
    feed: Option<Feed>,
    /// Those that this one is joined of.
    sources: Box<[Revocations]>,
    /// Those that are joined of this one, and have to hear what it withdraws.
    joined: RwLock<Vec<Weak<Shared>>>,
}

/// How long the feed of changes is believed to be complete.
struct Feed {
    origin: Instant,
    /// In milliseconds since the origin.
    trusted_until: AtomicU64,
}

/// A point in the order of revocations, taken before any state is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(u64);

impl Revocations {
    /// For a state that only this process changes.
    #[must_use]
    pub fn new() -> Self {
        Self::of(None, Box::default())
    }

    /// For a state that others change as well: nothing is cached until a feed of their changes
    /// [is heard](Self::trust_until).
    #[must_use]
    pub fn with_feed() -> Self {
        Self::of(Some(Feed { origin: Instant::now(), trusted_until: AtomicU64::new(0) }), Box::default())
    }

    /// For a verdict that rests on several states: what any of them withdraws is withdrawn, and nothing is cached while
    /// the feed of any is silent. Where all are the same it is that one.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_core::cache::Revocations;
    ///
    /// let (keys, accounts) = (Revocations::new(), Revocations::new());
    /// let both = Revocations::joined([keys.clone(), accounts.clone()]);
    /// let before = both.mark().expect("trusted");
    /// accounts.revoke_subject("alice");
    /// assert!(!both.holds("alice", None, before) && both.holds("bob", None, before));
    /// keys.revoke_all();
    /// assert!(!both.holds("bob", None, before));
    /// ```
    #[must_use]
    pub fn joined(sources: impl IntoIterator<Item = Self>) -> Self {
        let mut different: Vec<Self> = Vec::new();
        for source in sources {
            if !different.iter().any(|known| known.is_same_as(&source)) {
                different.push(source);
            }
        }
        if let [only] = different.as_slice() {
            return only.clone();
        }
        let joined = Self::of(None, different.into());
        for source in &joined.0.sources {
            let mut hearing = source.0.joined.write().unwrap_or_else(PoisonError::into_inner);
            hearing.retain(|other| other.strong_count() > 0);
            hearing.push(Arc::downgrade(&joined.0));
        }
        joined
    }

    fn of(feed: Option<Feed>, sources: Box<[Self]>) -> Self {
        let stamps = (0..STAMPS).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Shared {
            generation: AtomicU64::new(0),
            everything: AtomicU64::new(0),
            stamps,
            hasher: RandomState::new(),
            feed,
            sources,
            joined: RwLock::default(),
        }))
    }

    /// Withdraws everything that was verified for a subject.
    pub fn revoke_subject(&self, subject: &str) {
        self.stamp(self.slot(subject));
        self.tell(|joined| joined.revoke_subject(subject));
    }

    /// Withdraws what was verified for one credential, by its public id.
    pub fn revoke_credential(&self, id: &str) {
        self.stamp(self.slot(id));
        self.tell(|joined| joined.revoke_credential(id));
    }

    /// Withdraws everything.
    pub fn revoke_all(&self) {
        let generation = self.next();
        self.0.everything.fetch_max(generation, Ordering::SeqCst);
        self.tell(Self::revoke_all);
    }

    /// Believes the feed until then: every change that others make before is heard before. Without a feed this does
    /// nothing.
    pub fn trust_until(&self, until: Instant) {
        if let Some(feed) = &self.0.feed {
            feed.trusted_until.store(millis(feed.origin, until), Ordering::SeqCst);
        }
    }

    /// Where the order of revocations stands; take it before any state is read. `None` while the feed is silent: then
    /// nothing may be taken from a cache or put into it.
    #[must_use]
    pub fn mark(&self) -> Option<Mark> {
        self.is_trusted().then(|| Mark(self.0.generation.load(Ordering::SeqCst)))
    }

    /// Whether nothing was withdrawn since `mark` that concerns the subject or the credential.
    #[must_use]
    pub fn holds(&self, subject: &str, credential: Option<&str>, mark: Mark) -> bool {
        let slots = self.slots(subject, credential);
        self.is_trusted() && self.hold(slots, mark)
    }

    pub(crate) fn is_trusted(&self) -> bool {
        self.0
            .feed
            .as_ref()
            .is_none_or(|feed| millis(feed.origin, Instant::now()) < feed.trusted_until.load(Ordering::SeqCst))
            && self.0.sources.iter().all(Self::is_trusted)
    }

    pub(crate) fn slots(&self, subject: &str, credential: Option<&str>) -> [usize; 2] {
        let subject = self.slot(subject);
        [subject, credential.map_or(subject, |id| self.slot(id))]
    }

    pub(crate) fn hold(&self, slots: [usize; 2], mark: Mark) -> bool {
        let stamp = |slot: usize| self.0.stamps.get(slot).map_or(u64::MAX, |stamp| stamp.load(Ordering::SeqCst));
        self.0.everything.load(Ordering::SeqCst) <= mark.0 && slots.into_iter().all(|slot| stamp(slot) <= mark.0)
    }

    /// Whether both are the same state: whoever withdraws by one of them withdraws by the other.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn slot(&self, name: &str) -> usize {
        let hash = self.0.hasher.hash_one(name);
        usize::try_from(hash % STAMPS_U64).unwrap_or_default()
    }

    fn stamp(&self, slot: usize) {
        let generation = self.next();
        if let Some(stamp) = self.0.stamps.get(slot) {
            stamp.fetch_max(generation, Ordering::SeqCst);
        }
    }

    /// Repeats a withdrawal to those that are joined of this one.
    fn tell(&self, withdraw: impl Fn(&Self)) {
        let joined = self.0.joined.read().unwrap_or_else(PoisonError::into_inner);
        joined.iter().filter_map(Weak::upgrade).for_each(|joined| withdraw(&Self(joined)));
    }

    fn next(&self) -> u64 {
        self.0.generation.fetch_add(1, Ordering::SeqCst).wrapping_add(1)
    }
}

fn millis(origin: Instant, at: Instant) -> u64 {
    u64::try_from(at.saturating_duration_since(origin).as_millis()).unwrap_or(u64::MAX)
}

impl Default for Revocations {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocations")
            .field("generation", &self.0.generation.load(Ordering::SeqCst))
            .field("is_trusted", &self.is_trusted())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn withdraws_what_was_marked_before_and_nothing_marked_after() {
        let revocations = Revocations::new();
        let before = revocations.mark().expect("trusted");
        revocations.revoke_credential("key-1");
        let after = revocations.mark().expect("trusted");
        assert!(!revocations.holds("alice", Some("key-1"), before));
        assert!(revocations.holds("alice", Some("key-1"), after));
        revocations.revoke_all();
        assert!(!revocations.holds("bob", None, after));
    }

    #[test]
    fn clones_are_the_same_and_others_are_not() {
        let revocations = Revocations::new();
        assert!(revocations.is_same_as(&revocations.clone()));
        assert!(!revocations.is_same_as(&Revocations::new()));
    }

    #[test]
    fn others_keep_what_they_have() {
        let revocations = Revocations::new();
        let before = revocations.mark().expect("trusted");
        revocations.revoke_subject("alice");
        let kept = (0..1000).filter(|id| revocations.holds(&format!("user-{id}"), None, before)).count();
        assert!(kept > 980, "{kept} of 1000");
    }

    type Withdraw = fn(&Revocations);

    #[test]
    fn joined_hear_every_source_whatever_it_is_joined_of() {
        let [one, two, three] = [(); 3].map(|()| Revocations::new());
        let inner = Revocations::joined([one.clone(), two.clone()]);
        let outer = Revocations::joined([inner.clone(), three.clone()]);
        let withdrawals: [(&Revocations, Withdraw); 4] = [
            (&one, Revocations::revoke_all),
            (&two, |source| source.revoke_subject("alice")),
            (&three, |source| source.revoke_credential("key-1")),
            (&inner, Revocations::revoke_all),
        ];
        for (source, withdraw) in withdrawals {
            let before = outer.mark().expect("trusted");
            withdraw(source);
            assert!(!outer.holds("alice", Some("key-1"), before));
            let after = outer.mark().expect("trusted");
            assert!(outer.holds("alice", Some("key-1"), after));
        }
        let before = one.mark().expect("trusted");
        outer.revoke_all();
        assert!(one.holds("alice", None, before), "a source hears nothing of what is joined of it");
    }

    #[test]
    fn joined_of_one_state_are_that_state() {
        let one = Revocations::new();
        assert!(Revocations::joined([one.clone(), one.clone()]).is_same_as(&one));
        let before = Revocations::joined([]).mark();
        assert!(before.is_some(), "nobody withdraws anything");
    }

    #[test]
    fn joined_are_trusted_while_every_feed_is() {
        let feed = Revocations::with_feed();
        let joined = Revocations::joined([Revocations::new(), feed.clone()]);
        assert_eq!(joined.mark(), None, "it was never heard");
        feed.trust_until(Instant::now() + Duration::from_mins(1));
        let mark = joined.mark().expect("heard");
        assert!(joined.holds("alice", None, mark));
        feed.trust_until(Instant::now());
        assert!(joined.mark().is_none() && !joined.holds("alice", None, mark));
    }

    #[test]
    fn what_is_joined_and_gone_leaves_nothing_behind() {
        let [one, two] = [(); 2].map(|()| Revocations::new());
        for _ in 0..10 {
            drop(Revocations::joined([one.clone(), two.clone()]));
        }
        assert_eq!(one.0.joined.read().expect("no poison").len(), 1);
    }

    #[test]
    fn a_silent_feed_is_not_trusted() {
        let revocations = Revocations::with_feed();
        assert_eq!(revocations.mark(), None, "it was never heard");
        revocations.trust_until(Instant::now() + Duration::from_mins(1));
        let mark = revocations.mark().expect("heard");
        assert!(revocations.holds("alice", None, mark));
        revocations.trust_until(Instant::now());
        assert_eq!(revocations.mark(), None);
        assert!(!revocations.holds("alice", None, mark));
    }
}
