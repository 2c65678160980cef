//! The table of one scheme.

use std::fmt;
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

/// How much of a signed token chooses its set: the end of its signature, 144 bits that nobody chooses freely. The rest of
/// it is compared.
const TAIL: usize = 24;

/// What one scheme has verified a moment ago.
pub(crate) struct VerifiedCache {
    caching: Caching,
    sets: Box<[Mutex<Set>]>,
    places: PlaceKeys,
    digests: DigestKeys,
    misses: AtomicU64,
}

#[derive(Default)]
struct Set {
    /// Of the entry at the same position: most others are passed over without a look at them.
    tags: [u32; WAYS],
    entries: [Option<Box<Entry>>; WAYS],
    /// Counted here, where the lock is held already: one counter for all would be passed from core to core.
    hits: u64,
}

struct Entry {
    key: Key,
    verified: ErasedVerified,
    /// The times of request for which the verdict holds.
    from: SystemTime,
    until: SystemTime,
    mark: Mark,
    stamps: [usize; 2],
}

/// Spreads credentials over the sets: multiply and shift with random coefficients of twice a word (Dietzfelbinger), for
/// which two inputs share a set no more often than by chance.
///
/// This is no pseudo-random function, and need not be one: only what was verified gets in, all of it is compared, and
/// whoever has enough good credentials to search for collisions has enough to fill every set.
struct PlaceKeys([u128; 4]);

impl PlaceKeys {
    fn random() -> Result<Self, getrandom::Error> {
        let mut keys = [[0; 16]; 4];
        getrandom::fill(keys.as_flattened_mut())?;
        Ok(Self(keys.map(u128::from_ne_bytes)))
    }

    fn place(&self, input: &[u8; TAIL]) -> u64 {
        let [start, coefficients @ ..] = &self.0;
        let words = input.as_chunks().0.iter().copied().map(u64::from_ne_bytes);
        let product = |(word, coefficient): (u64, &u128)| coefficient.wrapping_mul(u128::from(word));
        let sum = words.zip(coefficients).map(product).fold(*start, u128::wrapping_add);
        u64::try_from(sum >> 64).unwrap_or_default()
    }
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
    place: Place,
}

/// Where a credential is kept, if it is.
#[derive(Clone, Copy)]
struct Place {
    set: usize,
    tag: u32,
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
            places: PlaceKeys::random()?,
            misses: AtomicU64::new(0),
        })
    }

    pub(crate) fn look_up(&self, raw: &[u8], now: SystemTime) -> Lookup {
        let revocations = self.caching.revocations();
        if !revocations.is_trusted() {
            return Lookup::Bypass;
        }
        let place = self.locate(raw);
        let mut set = self.set(place.set);
        let Set { tags, entries, hits } = &mut *set;
        for slot in tags.iter().zip(entries).filter(|(tag, _)| **tag == place.tag).map(|(_, slot)| slot) {
            let Some(entry) = slot else { continue };
            if !entry.key.is(raw, place.digest.as_ref()) {
                continue;
            }
            if entry.from <= now && now < entry.until && revocations.hold(entry.stamps, entry.mark) {
                *hits = hits.wrapping_add(1);
                return Lookup::Hit(ErasedVerified::clone(&entry.verified));
            }
            *slot = None;
        }
        drop(set);
        self.misses.fetch_add(1, Ordering::Relaxed);
        // Whoever gets the ticket has read no state yet.
        revocations.mark().map_or(Lookup::Bypass, |mark| Lookup::Miss(Ticket { mark, place }))
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
        let Ticket { mark, place } = ticket;
        let key = place.digest.map_or_else(|| Key::Bytes(Zeroizing::new(raw.into())), Key::Digest);
        let entry = Entry { key, verified: ErasedVerified::clone(verified), from: now, until, mark, stamps };
        let mut set = self.set(place.set);
        // Under the lock, so that a revocation either is seen here or finds the entry.
        if !revocations.hold(stamps, mark) {
            return;
        }
        let Set { tags, entries, .. } = &mut *set;
        let is_gone = |slot: &Option<Box<Entry>>| {
            slot.as_ref().is_none_or(|old| old.until <= now || old.key.is(raw, place.digest.as_ref()))
        };
        let at = entries.iter().position(is_gone).or_else(|| {
            let first = entries.iter().enumerate().min_by_key(|(_, slot)| slot.as_ref().map(|old| old.until));
            first.map(|(at, _)| at)
        });
        if let Some((tag, slot)) = at.and_then(|at| tags.get_mut(at).zip(entries.get_mut(at))) {
            *tag = place.tag;
            *slot = Some(Box::new(entry));
        }
    }

    /// Whether an entry needs the credential's bytes, not only the ticket.
    pub(crate) fn keeps_bytes(&self) -> bool {
        self.caching.form() == Form::Bytes
    }

    /// How often a credential was found, and how often it was not.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let hits = (0..self.sets.len()).map(|set| self.set(set).hits).fold(0, u64::wrapping_add);
        (hits, self.misses.load(Ordering::Relaxed))
    }

    fn locate(&self, raw: &[u8]) -> Place {
        let digest: Option<[u8; 32]> = match self.caching.form() {
            Form::Bytes => None,
            Form::Digest => Some(Sha256::digest(raw).into()),
            Form::KeyedDigest => Some(self.digests.digest(raw)),
        };
        let place = match digest.as_ref().map_or(raw, |digest| digest).last_chunk() {
            Some(tail) => self.places.place(tail),
            None => self.places.place(&padded(raw)),
        };
        let mask = self.sets.len().saturating_sub(1);
        let set = usize::try_from(place).unwrap_or_default() & mask;
        Place { set, tag: u32::try_from(place >> 32).unwrap_or_default(), digest }
    }

    /// Entries are put in and taken out whole, so a poisoned lock holds nothing wrong.
    fn set(&self, set: usize) -> MutexGuard<'_, Set> {
        let index = set.min(self.sets.len().saturating_sub(1));
        #[expect(clippy::indexing_slicing, reason = "there is at least one set, and the index is at most the last")]
        self.sets[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A short credential.
fn padded(raw: &[u8]) -> [u8; TAIL] {
    let mut padded = [0; TAIL];
    for (to, from) in padded.iter_mut().zip(raw) {
        *to = *from;
    }
    padded
}

impl Key {
    #[inline]
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
