//! What a layer puts into a request: the realm and a slot for verdicts.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
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
    shared: Shared,
}

/// What all layers and guards of a request share. The two marks are set under the lock, and say without it that there is
/// nothing to be found there, which is what most requests ask.
#[derive(Default)]
struct Shared {
    slot: Mutex<Slot>,
    has_verdict: AtomicBool,
    /// Whether a verdict has something to say to caches.
    informs_caches: AtomicBool,
}

#[derive(Default)]
struct Slot {
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
    /// What an extractor has refused.
    withheld: Option<Refusal>,
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
    Party { scheme: usize, verified: ErasedVerified, credential: Option<Box<Presented>> },
}

/// What a layer's verdict says of the credential, for the guards inside.
#[derive(Clone)]
pub(crate) struct Presented {
    pub(crate) fingerprint: Fingerprint,
    /// Whether the party was remembered from an earlier request: it has proved nothing in this one.
    pub(crate) is_remembered: bool,
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
        self.first.iter().chain(self.rest.iter().flat_map(|rest| &rest.verdicts))
    }

    fn current(&self) -> Option<&Verdict> {
        if self.is_first_current {
            return self.first.as_ref();
        }
        let rest = self.rest.as_ref()?;
        rest.verdicts.get(rest.current?)
    }

    fn record(&mut self, verdict: Verdict, is_current: bool) {
        if self.first.is_none() {
            self.first = Some(verdict);
            self.is_first_current = is_current;
            return;
        }
        let rest = self.rest.get_or_insert_default();
        if is_current {
            self.is_first_current = false;
            rest.current = Some(rest.verdicts.len());
        }
        rest.verdicts.push(verdict);
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
        Self(Arc::new(Node { realm, outer: None, shared: Shared::default() }))
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
        Self(Arc::new(Node { realm, outer: Some(self.clone()), shared: Shared::default() }))
    }

    /// Whether any policy was decided, in favour of the request, that of a public endpoint included.
    #[must_use]
    pub fn has_verdict(&self) -> bool {
        self.shared().has_verdict.load(Ordering::Acquire)
    }

    /// What an extractor of a principal has refused, if one has.
    ///
    /// Frameworks turn `Option<Auth<P>>` into `None` on any error; their adapters ask here, so that a refusal never
    /// passes for a guest.
    #[must_use]
    pub fn withheld(&self) -> Option<Refusal> {
        self.slot().rest.as_ref()?.withheld.clone()
    }

    /// Keeps a refusal, for [`withheld`](Self::withheld); the first one counts.
    ///
    /// Adapters of frameworks that render errors in a form of their own keep those of their guards here too.
    pub fn withhold(&self, refusal: &Refusal) {
        self.slot().rest.get_or_insert_default().withheld.get_or_insert_with(|| refusal.clone());
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
        let shared = self.shared();
        let mut slot = shared.lock();
        if verdict.informs_caches() {
            shared.informs_caches.store(true, Ordering::Release);
        }
        slot.record(verdict, is_current);
        shared.has_verdict.store(true, Ordering::Release);
    }

    /// Reads the verdict of the handler's own policy.
    pub(crate) fn with_current<T>(&self, read: impl FnOnce(&Verdict) -> T) -> Option<T> {
        self.slot().current().map(read)
    }

    /// Whether [`success_headers`](Self::success_headers) has any.
    #[must_use]
    pub fn informs_caches(&self) -> bool {
        self.shared().informs_caches.load(Ordering::Acquire)
    }

    /// Whom the scheme has authenticated by the same credential in this request, if a layer asked it before, and whether
    /// that party was remembered from an earlier request.
    pub(crate) fn authenticated(&self, realm: &AnyRealm, scheme: usize, raw: &[u8]) -> Option<(ErasedVerified, bool)> {
        if !self.has_verdict() {
            return None;
        }
        self.find_verdict(|verdict| match &verdict.outcome {
            Outcome::Party { scheme: of, verified, credential: Some(credential) }
                if *of == scheme
                    && verdict.realm.as_ref().is_some_and(|known| known.is_same(realm))
                    && credential.fingerprint == Fingerprint::of(raw) =>
            {
                Some((Arc::clone(verified), credential.is_remembered))
            }
            _ => None,
        })
    }

    /// Asks each verdict in order, until one has an answer.
    pub(crate) fn find_verdict<T>(&self, ask: impl FnMut(&Verdict) -> Option<T>) -> Option<T> {
        self.slot().verdicts().find_map(ask)
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.shared().lock()
    }

    fn shared(&self) -> &Shared {
        let mut outermost = self;
        while let Some(outer) = &outermost.0.outer {
            outermost = outer;
        }
        &outermost.0.shared
    }
}

impl Shared {
    /// The slot is never left half written, so a poisoned lock holds nothing wrong.
    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
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
