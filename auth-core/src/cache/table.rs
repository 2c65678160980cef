//! The table of one scheme.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize as _, Zeroizing};

use super::caching::{Caching, Form};
use super::revocations::Mark;
use crate::verified::ErasedVerified;

/// How many entries share a lock.
const WAYS: usize = 8;

/// How much of a signed token chooses its slot: the end of its signature, 144 bits that nobody chooses freely.
///
/// The hash is the standard library's, under random keys, and need not be a stronger one. A slot decides nothing: the whole
/// token is compared, byte for byte, before a verdict is believed. And only tokens that were verified get in, so crowding
/// one set would take an issuer who signs for it, and costs that set's tokens a verification each.
const HASHED_TAIL: usize = 24;

/// What one scheme has verified a moment ago.
pub(crate) struct VerifiedCache {
    caching: Caching,
    sets: Box<[Mutex<Set>]>,
    slots: RandomState,
    digests: DigestKeys,
    hits: AtomicU64,
    misses: AtomicU64,
}

type Set = [Option<Box<Entry>>; WAYS];

struct Entry {
    key: Key,
    verified: ErasedVerified,
    /// The times of request for which the verdict holds.
    from: SystemTime,
    until: SystemTime,
    mark: Mark,
    stamps: [usize; 2],
}

/// The two random keys of a digest that nobody outside this process can compute: HMAC (RFC 2104 §2) with keys of a whole
/// block, which are hashed once. The states are wiped on drop.
struct DigestKeys {
    inner: Sha256,
    outer: Sha256,
}

impl DigestKeys {
    fn random() -> Result<Self, getrandom::Error> {
        let mut keys = Zeroizing::new([[0; 64]; 2]);
        getrandom::fill(keys.as_flattened_mut())?;
        let [inner, outer] = keys.each_ref().map(Sha256::new_with_prefix);
        Ok(Self { inner, outer })
    }

    fn digest(&self, message: &[u8]) -> [u8; 32] {
        let inner = self.inner.clone().chain_update(message).finalize();
        self.outer.clone().chain_update(inner).finalize().into()
    }
}

/// What is kept of a credential.
enum Key {
    Bytes(Zeroizing<Box<[u8]>>),
    Digest([u8; 32]),
}

pub(crate) enum Lookup {
    Hit(ErasedVerified),
    Miss(Ticket),
    /// The cache must not be used now.
    Bypass,
}

/// The right to add what a verification that begins now comes to.
#[derive(Clone, Copy)]
pub(crate) struct Ticket {
    mark: Mark,
    set: usize,
    digest: Option<[u8; 32]>,
}

impl VerifiedCache {
    /// The most entries.
    pub(crate) const MAX_CAPACITY: usize = 1 << 24;

    /// A cache of at least `capacity` entries, or of as many as there may be.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness: then there is no cache.
    pub(crate) fn new(caching: Caching, capacity: usize) -> Result<Self, getrandom::Error> {
        let sets = capacity.clamp(1, Self::MAX_CAPACITY).div_ceil(WAYS).next_power_of_two();
        Ok(Self {
            digests: DigestKeys::random()?,
            caching,
            sets: (0..sets).map(|_| Mutex::default()).collect(),
            slots: RandomState::new(),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        })
    }

    pub(crate) fn look_up(&self, raw: &[u8], now: SystemTime) -> Lookup {
        let Some(mark) = self.caching.revocations().mark() else { return Lookup::Bypass };
        let (set, digest) = self.locate(raw);
        let mut entries = self.entries(set);
        for slot in entries.iter_mut() {
            let Some(entry) = slot else { continue };
            if !entry.key.is(raw, digest.as_ref()) {
                continue;
            }
            if entry.from <= now && now < entry.until && self.caching.revocations().hold(entry.stamps, entry.mark) {
                self.hits.fetch_add(1, Ordering::Relaxed);
                return Lookup::Hit(ErasedVerified::clone(&entry.verified));
            }
            *slot = None;
        }
        drop(entries);
        self.misses.fetch_add(1, Ordering::Relaxed);
        Lookup::Miss(Ticket { mark, set, digest })
    }

    /// Adds what was verified under a ticket, unless it expires at once or was withdrawn meanwhile.
    pub(crate) fn insert(&self, ticket: Ticket, raw: &[u8], verified: &ErasedVerified, now: SystemTime) {
        let facts = verified.facts();
        let by_ttl = now.checked_add(self.caching.ttl()).unwrap_or(now);
        let until = facts.expires_at.map_or(by_ttl, |expiry| expiry.min(by_ttl));
        let revocations = self.caching.revocations();
        let stamps = revocations.slots(&facts.subject, facts.credential_id.as_deref());
        if until <= now {
            return;
        }
        let key = ticket.digest.map_or_else(|| Key::Bytes(Zeroizing::new(raw.into())), Key::Digest);
        let entry =
            Entry { key, verified: ErasedVerified::clone(verified), from: now, until, mark: ticket.mark, stamps };
        let mut entries = self.entries(ticket.set);
        // Under the lock, so that a revocation either is seen here or finds the entry.
        if !revocations.hold(stamps, ticket.mark) {
            return;
        }
        let is_gone = |slot: &Option<Box<Entry>>| {
            slot.as_ref().is_none_or(|old| old.until <= now || old.key.is(raw, ticket.digest.as_ref()))
        };
        let place = entries.iter().position(is_gone).or_else(|| {
            let first = entries.iter().enumerate().min_by_key(|(_, slot)| slot.as_ref().map(|old| old.until));
            first.map(|(at, _)| at)
        });
        if let Some(slot) = place.and_then(|at| entries.get_mut(at)) {
            *slot = Some(Box::new(entry));
        }
    }

    /// Whether an entry needs the credential's bytes, not only the ticket.
    pub(crate) fn keeps_bytes(&self) -> bool {
        self.caching.form() == Form::Bytes
    }

    /// How often a credential was found, and how often it was not.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }

    fn locate(&self, raw: &[u8]) -> (usize, Option<[u8; 32]>) {
        let digest: Option<[u8; 32]> = match self.caching.form() {
            Form::Bytes => None,
            Form::Digest => Some(Sha256::digest(raw).into()),
            Form::KeyedDigest => Some(self.digests.digest(raw)),
        };
        let slot = match (self.caching.form(), digest.as_ref().and_then(|digest| digest.first_chunk())) {
            // Nobody outside can choose it.
            (Form::KeyedDigest, Some(start)) => u64::from_ne_bytes(*start),
            (_, Some(start)) => self.hash(start),
            (_, None) => raw.last_chunk::<HASHED_TAIL>().map_or_else(|| self.hash(raw), |tail| self.hash(tail)),
        };
        let mask = self.sets.len().saturating_sub(1);
        (usize::try_from(slot).unwrap_or_default() & mask, digest)
    }

    fn hash(&self, bytes: &[u8]) -> u64 {
        let mut hasher = self.slots.build_hasher();
        hasher.write(bytes);
        hasher.finish()
    }

    /// Entries are put in and taken out whole, so a poisoned lock holds nothing wrong.
    fn entries(&self, set: usize) -> MutexGuard<'_, Set> {
        let index = set.min(self.sets.len().saturating_sub(1));
        #[expect(clippy::indexing_slicing, reason = "there is at least one set, and the index is at most the last")]
        self.sets[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    fn is(&self, raw: &[u8], digest: Option<&[u8; 32]>) -> bool {
        match (self, digest) {
            (Self::Bytes(bytes), None) => bytes.as_ref() == raw,
            (Self::Digest(own), Some(other)) => words(own).ct_eq(&words(other)).into(),
            _ => false,
        }
    }
}

/// A digest in words: compared in an eighth of the steps, and just as blindly.
fn words(digest: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(digest.as_chunks::<8>().0) {
        *word = u64::from_ne_bytes(*bytes);
    }
    words
}

impl Drop for Key {
    fn drop(&mut self) {
        if let Self::Digest(digest) = self {
            digest.zeroize();
        }
    }
}

impl fmt::Debug for VerifiedCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hits, misses) = self.counts();
        f.debug_struct("VerifiedCache").field("hits", &hits).field("misses", &misses).finish_non_exhaustive()
    }
}
