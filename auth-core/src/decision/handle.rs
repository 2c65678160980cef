//! What a layer puts into a request: the realm and a slot for verdicts.

use std::any::Any;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use super::answer::misconfigured;
use super::check::Caller;
use super::slot::Shared;
use crate::catalogue::Endpoint;
use crate::realm::AnyRealm;
use crate::refusal::Refusal;
use crate::verified::ErasedVerified;

/// What the operator is told of a request without a handle. Each adapter installs one under its framework's name for such
/// a thing.
pub(super) const NOT_INSTALLED: &str = "no realm is around the handler; install one by the adapter's `AuthLayer`, `AuthMiddleware`, `AuthHoop` or `AuthFairing`";

/// The realms that surround a request, innermost first, and the verdicts reached so far.
///
/// A layer makes a handle and decides nothing. An inner layer adds its realm; it replaces none. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    realm: AnyRealm,
    outer: Option<Arc<Handle>>,
    /// The innermost layer's.
    shared: Arc<Shared>,
    find_peer: Option<FindPeer>,
}

/// Finds the other end of a request's connection among what the framework leaves beside the request.
pub type FindPeer = fn(&dyn Any) -> Option<IpAddr>;

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

impl Fingerprint {
    pub(crate) fn of(raw: &[u8]) -> Self {
        static KEYS: LazyLock<(RandomState, RandomState)> = LazyLock::new(Default::default);
        Self(KEYS.0.hash_one(raw), KEYS.1.hash_one(raw))
    }
}

impl Handle {
    /// A handle of one realm.
    #[must_use]
    #[inline]
    pub fn new(realm: AnyRealm) -> Self {
        Self { realm, outer: None, shared: Shared::take(), find_peer: None }
    }

    /// With a way to find the other end of the connection, for frameworks that know it by a name of their own.
    ///
    /// Few requests are asked for it: so it is not looked for in each of them. `None` leaves what was said before.
    #[must_use]
    #[inline]
    pub fn finding_peer(self, find_peer: Option<FindPeer>) -> Self {
        Self { find_peer: find_peer.or(self.find_peer), ..self }
    }

    /// The other end of the connection, if the adapter knows a way to find it among what is there beside the request.
    #[must_use]
    pub fn find_peer(&self, beside: &dyn Any) -> Option<IpAddr> {
        self.find_peer?(beside)
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
    ///
    /// Handlers inside have to decide for themselves: the verdict of a guard outside is not theirs, nor is its party.
    #[must_use]
    pub fn nested(&self, realm: AnyRealm) -> Self {
        let (shared, find_peer) = (self.shared.within(), self.find_peer);
        Self { realm, outer: Some(Arc::new(self.clone())), shared, find_peer }
    }

    /// The same handle with a further realm, for a guard that decides by it: the verdict is that of the handler behind.
    #[must_use]
    pub fn with_realm(&self, realm: AnyRealm) -> Self {
        Self { realm, outer: Some(Arc::new(self.clone())), ..self.clone() }
    }

    /// The handle that a guard has to put in this one's place before it decides, if another guard has begun for this one.
    ///
    /// For frameworks whose requests can be copied with what layers have left in them. Parts of a batch share the handle of
    /// the request that brought them, and may have credentials of their own: each has to be told of its own party. What
    /// the whole request's layers want to know they hear from every part.
    #[must_use]
    #[inline]
    pub fn enter(&self) -> Option<Self> {
        let shared = self.shared.enter()?;
        Some(Self { shared, ..self.clone() })
    }

    /// Whether any policy was decided, in favour of the request, that of a public endpoint included.
    #[must_use]
    pub fn has_verdict(&self) -> bool {
        self.shared.outermost().has_verdict()
    }

    /// What an extractor of a principal has refused, if one has.
    ///
    /// Frameworks turn `Option<Auth<P>>` into `None` on any error; their adapters ask here, so that a refusal never
    /// passes for a guest.
    #[must_use]
    pub fn withheld(&self) -> Option<Refusal> {
        self.shared.slot().withheld().cloned()
    }

    /// Keeps a refusal, for [`withheld`](Self::withheld); the first one counts.
    ///
    /// Adapters of frameworks that render errors in a form of their own keep those of their guards here too.
    pub fn withhold(&self, refusal: &Refusal) {
        self.shared.withhold(refusal);
    }

    pub(crate) fn realm(&self) -> &AnyRealm {
        &self.realm
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The innermost realm, or the one of that name.
    pub(crate) fn find(&self, name: Option<&str>) -> Option<&AnyRealm> {
        let mut handle = self;
        loop {
            if name.is_none_or(|name| handle.realm.name() == name) {
                return Some(&handle.realm);
            }
            handle = handle.outer.as_ref()?;
        }
    }

    /// Keeps the verdict of a public endpoint, as the current one. Nobody is taken for somebody else there.
    #[inline]
    pub(super) fn record_public(&self, endpoint: &'static Endpoint) {
        let _kept = self.shared.record(Verdict::public(endpoint), Caller::Guard);
    }

    /// Keeps a verdict. Only the guard of a handler makes it the current one.
    ///
    /// Refuses a second party: copies of one request that share its handle are then told of each other's.
    #[inline]
    pub(super) fn record(&self, verdict: Verdict, caller: Caller) -> Result<(), Refusal> {
        self.shared.record(verdict, caller).map_err(another_party)
    }

    /// Reads the verdict of the handler's own policy.
    pub(crate) fn with_current<T>(&self, read: impl FnOnce(&Verdict) -> T) -> Option<T> {
        self.shared.slot().current().map(read)
    }

    /// Whom the scheme has authenticated by the same credential in this request, if a layer asked it before, and whether
    /// that party was remembered from an earlier request.
    pub(crate) fn authenticated(&self, realm: &AnyRealm, scheme: usize, raw: &[u8]) -> Option<(ErasedVerified, bool)> {
        self.shared.find(&|verdict| match &verdict.outcome {
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
}

impl Verdict {
    pub(super) fn is_public(&self) -> bool {
        matches!(self.outcome, Outcome::Public)
    }

    /// Whether a handler that reads the one may as well read the other.
    pub(super) fn is_of_same_party(&self, other: &Self) -> bool {
        let (Some(realm), Some(of)) = (&self.realm, &other.realm) else { return false };
        realm.is_same(of)
            && match (&self.outcome, &other.outcome) {
                (Outcome::Guest, Outcome::Guest) => true,
                (
                    Outcome::Party { scheme: one, verified: this, .. },
                    Outcome::Party { scheme: two, verified: that, .. },
                ) => one == two && (Arc::ptr_eq(this, that) || this.facts().are_alike(that.facts())),
                _ => false,
            }
    }
}

#[cold]
fn another_party(verdict: Verdict) -> Refusal {
    let Verdict { realm, endpoint, leaves_body_unread, .. } = verdict;
    misconfigured(
        realm.as_ref(),
        endpoint,
        leaves_body_unread,
        "another guard has let another party through by the same handle: copies of a request with credentials of their own need a layer of their own each; put the adapter's layer around the service that they go to",
    )
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("realm", &self.realm.name()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdict").field("endpoint", &self.endpoint.name).finish_non_exhaustive()
    }
}
