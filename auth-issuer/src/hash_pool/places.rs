//! Who may run or wait in the pool.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auth_core::Source;
use tokio::sync::Semaphore;

use super::Requester;
use crate::meter;

/// Waiting places for each worker.
const QUEUE_PER_WORKER: usize = 8;
/// The least places of a source, and the places of a name from one source: one client's burst of right credentials.
const BURST: usize = 8;
/// The places of a name over all sources: more than `BURST`, so that one source cannot lock a name out.
const PLACES_OF_NAME: usize = 16;
/// Hashes at once for one name.
const TURNS_OF_NAME: usize = 2;

/// The places of a pool. The tables hold only who has a place, so they are as small as the pool.
pub(super) struct Places {
    limit: usize,
    limit_of_source: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_source: HashMap<Source, usize>,
    by_name: HashMap<[u8; 32], Name>,
    by_pair: HashMap<Requester, usize>,
}

struct Name {
    places: usize,
    turns: Arc<Semaphore>,
}

/// A place in the pool, given back when it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    requester: Requester,
}

impl Places {
    pub(super) fn new(workers: usize) -> Self {
        let limit = workers.saturating_mul(QUEUE_PER_WORKER.saturating_add(1));
        Self { limit, limit_of_source: (limit / 4).max(BURST), taken: Mutex::default() }
    }

    /// Takes a place and says where the turns of the name are waited for; `None` if there is no place.
    pub(super) fn enter(this: &Arc<Self>, requester: Requester) -> Option<(Place, Arc<Semaphore>)> {
        let mut taken = this.lock();
        let of_source = taken.by_source.get(&requester.source).copied().unwrap_or(0);
        let of_name = taken.by_name.get(&requester.name).map_or(0, |name| name.places);
        let of_pair = taken.by_pair.get(&requester).copied().unwrap_or(0);
        if taken.all >= this.limit || of_source >= this.limit_of_source || of_name >= PLACES_OF_NAME || of_pair >= BURST
        {
            return None;
        }
        taken.all = taken.all.saturating_add(1);
        taken.by_source.insert(requester.source, of_source.saturating_add(1));
        taken.by_pair.insert(requester, of_pair.saturating_add(1));
        let name = taken
            .by_name
            .entry(requester.name)
            .or_insert_with(|| Name { places: 0, turns: Arc::new(Semaphore::new(TURNS_OF_NAME)) });
        name.places = name.places.saturating_add(1);
        let turns = Arc::clone(&name.turns);
        drop(taken);
        meter::place_taken();
        Some((Place { places: Arc::clone(this), requester }, turns))
    }

    pub(super) fn taken(&self) -> usize {
        self.lock().all
    }

    /// Nothing panics while the lock is held, so the counts are right even in a poisoned one.
    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        meter::place_left();
        let mut taken = self.places.lock();
        taken.all = taken.all.saturating_sub(1);
        take_one(&mut taken.by_source, self.requester.source);
        take_one(&mut taken.by_pair, self.requester);
        if let Entry::Occupied(mut name) = taken.by_name.entry(self.requester.name) {
            let left = name.get().places.saturating_sub(1);
            if left == 0 {
                name.remove();
            } else {
                name.get_mut().places = left;
            }
        }
    }
}

/// Counts one less; whatever comes to nothing is removed.
fn take_one<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K) {
    if let Entry::Occupied(mut count) = counts.entry(key) {
        let left = count.get().saturating_sub(1);
        if left == 0 {
            count.remove();
        } else {
            count.insert(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn requester(source: u8, name: &str) -> Requester {
        Requester::new(Source::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, source))), name)
    }

    fn fill(places: &Arc<Places>, requesters: impl Iterator<Item = Requester>) -> Vec<Place> {
        requesters.map_while(|requester| Places::enter(places, requester)).map(|(place, _)| place).collect()
    }

    #[test]
    fn nine_places_for_each_worker() {
        for (workers, expected) in [(1, 9), (2, 18), (8, 72)] {
            let places = Arc::new(Places::new(workers));
            let held = fill(&places, (0..=u8::MAX).map(|n| requester(n, &n.to_string())));
            assert_eq!((held.len(), places.taken()), (expected, expected));
        }
    }

    #[test]
    fn a_source_has_a_quarter_but_eight_at_least() {
        for (workers, expected) in [(1, 8), (2, 8), (4, 9), (16, 36)] {
            let places = Arc::new(Places::new(workers));
            let held = fill(&places, (0..=u8::MAX).map(|n| requester(1, &n.to_string())));
            assert_eq!(held.len(), expected);
            assert!(Places::enter(&places, requester(2, "other")).is_some(), "another source has a place");
        }
    }

    #[test]
    fn a_name_has_sixteen_places_whatever_the_sources() {
        let places = Arc::new(Places::new(16));
        let held = fill(&places, (0..=u8::MAX).map(|n| requester(n, "alice")));
        assert_eq!(held.len(), 16);
        assert!(Places::enter(&places, requester(1, "bob")).is_some());
    }

    #[test]
    fn a_name_has_eight_places_from_one_source() {
        let places = Arc::new(Places::new(16));
        let held = fill(&places, (0..=u8::MAX).map(|_| requester(1, "alice")));
        assert_eq!(held.len(), 8);
        assert!(Places::enter(&places, requester(1, "bob")).is_some(), "the source has places for another name");
    }

    #[test]
    fn one_source_cannot_lock_a_name_out() {
        for (workers, expected) in [(1, 1), (2, 8), (16, 8)] {
            let places = Arc::new(Places::new(workers));
            let guesses = fill(&places, (0..=u8::MAX).map(|_| requester(1, "alice")));
            let own = fill(&places, (0..=u8::MAX).map(|_| requester(2, "alice")));
            assert_eq!((guesses.len(), own.len()), (8, expected), "{workers} workers");
        }
    }

    #[test]
    fn unknown_sources_are_one_source() {
        let places = Arc::new(Places::new(1));
        let held = fill(&places, (0..=u8::MAX).map(|n| Requester::new(Source::Unknown, &n.to_string())));
        assert_eq!(held.len(), 8);
    }

    #[test]
    fn places_come_back_and_leave_no_trace() {
        let places = Arc::new(Places::new(2));
        let held = fill(&places, (0..=u8::MAX).map(|n| requester(n % 3, if n % 2 == 0 { "alice" } else { "bob" })));
        assert!(!held.is_empty());
        drop(held);
        let taken = places.lock();
        assert!(taken.all == 0 && taken.by_source.is_empty());
        assert!(taken.by_name.is_empty() && taken.by_pair.is_empty());
    }
}
