//! What a layer puts into a request: the realm and a slot for verdicts.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use crate::catalogue::Endpoint;
use crate::realm::AnyRealm;
use crate::refusal::Refusal;
use crate::verified::ErasedVerified;

/// The realms that surround a request, innermost first, and the verdicts reached so far.
///
/// A layer makes a handle and decides nothing. An inner layer adds its realm; it replaces none. Cheap to clone.
#[derive(Clone)]
pub struct Handle(Arc<Node>);

struct Node {
    realm: AnyRealm,
    outer: Option<Handle>,
    /// Used of the outermost node only, so that all layers of a request share it.
    slot: Mutex<Slot>,
}

#[derive(Default)]
struct Slot {
    /// The first verdict lies inline: most requests reach one.
    first: Option<Verdict>,
    more: Vec<Verdict>,
    /// Which verdict is that of the handler's own policy.
    current: Option<usize>,
    /// What an extractor has refused.
    withheld: Option<Refusal>,
    /// Whether a verdict has something to say to caches.
    informs_caches: bool,
}

/// What a policy came to, for a request that may pass.
#[derive(Clone)]
pub struct Verdict {
    pub(crate) realm: Option<AnyRealm>,
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) outcome: Outcome,
    pub(crate) leaves_body_unread: bool,
}

#[derive(Clone)]
pub(crate) enum Outcome {
    /// The policy lets everybody pass.
    Public,
    /// The policy lets requests without credentials pass, and this is one.
    Guest,
    /// The party that a scheme, by its position in the realm, has authenticated by a credential.
    Party { scheme: usize, verified: ErasedVerified, credential: Option<Fingerprint> },
}

/// Tells a credential from another within this process: a hash under a random key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64, u64);

impl Verdict {
    /// The verdict of a public endpoint. Nobody is refused on its account, so that the body does not matter.
    pub(super) fn public(endpoint: &'static Endpoint) -> Self {
        Self { realm: None, endpoint, outcome: Outcome::Public, leaves_body_unread: false }
    }
}

impl Slot {
    /// The verdicts, in the order in which they were reached.
    fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        self.first.iter().chain(&self.more)
    }

    fn at(&self, at: usize) -> Option<&Verdict> {
        match at.checked_sub(1) {
            None => self.first.as_ref(),
            Some(at) => self.more.get(at),
        }
    }
}

impl Fingerprint {
    pub(crate) fn of(raw: &[u8]) -> Self {
        static KEYS: LazyLock<(RandomState, RandomState)> = LazyLock::new(Default::default);
        Self(KEYS.0.hash_one(raw), KEYS.1.hash_one(raw))
    }
}

impl Handle {
    /// A handle of one realm.
    #[must_use]
    pub fn new(realm: AnyRealm) -> Self {
        Self(Arc::new(Node { realm, outer: None, slot: Mutex::default() }))
    }

    /// A handle of one realm, inside of those that a handle of the same request has.
    #[must_use]
    pub fn within(outer: Option<&Self>, realm: AnyRealm) -> Self {
        match outer {
            Some(outer) => outer.nested(realm),
            None => Self::new(realm),
        }
    }

    /// The same request's handle with a further realm, inside of those that it has.
    #[must_use]
    pub fn nested(&self, realm: AnyRealm) -> Self {
        Self(Arc::new(Node { realm, outer: Some(self.clone()), slot: Mutex::default() }))
    }

    /// Whether any policy was decided, in favour of the request, that of a public endpoint included.
    #[must_use]
    pub fn has_verdict(&self) -> bool {
        self.slot().first.is_some()
    }

    /// What an extractor of a principal has refused, if one has.
    ///
    /// Frameworks turn `Option<Auth<P>>` into `None` on any error; their adapters ask here, so that a refusal never
    /// passes for a guest.
    #[must_use]
    pub fn withheld(&self) -> Option<Refusal> {
        self.slot().withheld.clone()
    }

    /// Keeps a refusal, for [`withheld`](Self::withheld); the first one counts.
    ///
    /// Adapters of frameworks that render errors in a form of their own keep those of their guards here too.
    pub fn withhold(&self, refusal: &Refusal) {
        self.slot().withheld.get_or_insert_with(|| refusal.clone());
    }

    pub(crate) fn realm(&self) -> &AnyRealm {
        &self.0.realm
    }

    /// The innermost realm, or the one of that name.
    pub(crate) fn find(&self, name: Option<&str>) -> Option<&AnyRealm> {
        let mut node = self;
        loop {
            if name.is_none_or(|name| node.0.realm.name() == name) {
                return Some(&node.0.realm);
            }
            node = node.0.outer.as_ref()?;
        }
    }

    /// Keeps a verdict. Only the guard of a handler makes it the current one.
    pub(crate) fn record(&self, verdict: Verdict, is_current: bool) {
        let mut slot = self.slot();
        slot.informs_caches |= verdict.informs_caches();
        let at = if slot.first.is_none() {
            slot.first = Some(verdict);
            0
        } else {
            slot.more.push(verdict);
            slot.more.len()
        };
        if is_current {
            slot.current = Some(at);
        }
    }

    /// Reads the verdict of the handler's own policy.
    pub(crate) fn with_current<T>(&self, read: impl FnOnce(&Verdict) -> T) -> Option<T> {
        let slot = self.slot();
        slot.at(slot.current?).map(read)
    }

    /// Whether [`success_headers`](Self::success_headers) has any.
    #[must_use]
    pub fn informs_caches(&self) -> bool {
        self.slot().informs_caches
    }

    /// Whom the scheme has authenticated by the same credential in this request, if a layer asked it before.
    pub(crate) fn authenticated(&self, realm: &AnyRealm, scheme: usize, raw: &[u8]) -> Option<ErasedVerified> {
        self.find_verdict(|verdict| match &verdict.outcome {
            Outcome::Party { scheme: of, verified, credential: Some(credential) }
                if *of == scheme
                    && verdict.realm.as_ref().is_some_and(|known| known.is_same(realm))
                    && *credential == Fingerprint::of(raw) =>
            {
                Some(Arc::clone(verified))
            }
            _ => None,
        })
    }

    /// Asks each verdict in order, until one has an answer.
    pub(crate) fn find_verdict<T>(&self, ask: impl FnMut(&Verdict) -> Option<T>) -> Option<T> {
        self.slot().verdicts().find_map(ask)
    }

    /// The slot is never left half written, so a poisoned lock holds nothing wrong.
    fn slot(&self) -> MutexGuard<'_, Slot> {
        let mut outermost = self;
        while let Some(outer) = &outermost.0.outer {
            outermost = outer;
        }
        outermost.0.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("realm", &self.0.realm.name()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdict").field("endpoint", &self.endpoint.name).finish_non_exhaustive()
    }
}
