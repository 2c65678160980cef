//! Counters of failed attempts, bounded.

use std::collections::{BTreeSet, HashMap};
use std::time::SystemTime;

use auth_core::StoreError;

use super::{MemoryStore, lock};
use crate::throttle::{Counter, CounterKey, Reserved, Rule, Settled, ThrottleStore};

/// The counters, and the order in which they may go.
pub(super) struct Counters {
    max: usize,
    rows: HashMap<CounterKey, Counter>,
    /// Those that refuse nobody and those that do, each by the time from which on it says the same as none.
    admitting: BTreeSet<(SystemTime, CounterKey)>,
    refusing: BTreeSet<(SystemTime, CounterKey)>,
}

impl Default for Counters {
    fn default() -> Self {
        Self::with_max(MemoryStore::MAX_COUNTERS)
    }
}

impl Counters {
    fn with_max(max: usize) -> Self {
        Self { max, rows: HashMap::new(), admitting: BTreeSet::new(), refusing: BTreeSet::new() }
    }

    /// Changes one counter, which is made where there is none.
    fn change<T>(&mut self, key: CounterKey, limit: u32, now: SystemTime, change: impl FnOnce(&mut Counter) -> T) -> T {
        let mut counter = self.remove(&key).unwrap_or_default();
        let result = change(&mut counter);
        if !counter.is_idle(now) {
            self.insert(key, counter, limit, now);
        }
        result
    }

    fn insert(&mut self, key: CounterKey, counter: Counter, limit: u32, now: SystemTime) {
        if self.rows.len() >= self.max
            && let Some(next) = self.next_to_go(now)
        {
            self.remove(&next);
        }
        let order = if counter.failures >= limit { &mut self.refusing } else { &mut self.admitting };
        order.insert((counter.idle_at(), key));
        self.rows.insert(key, counter);
    }

    /// Which goes where there is no place: one that says nothing any more; else, of those that refuse nobody, the one that
    /// is the first to say nothing; and one that still refuses somebody only where all do.
    fn next_to_go(&self, now: SystemTime) -> Option<CounterKey> {
        let (admitting, refusing) = (self.admitting.first(), self.refusing.first());
        let is_over = refusing.filter(|(idle_at, _)| *idle_at <= now);
        is_over.or(admitting).or(refusing).map(|(_, key)| *key)
    }

    fn remove(&mut self, key: &CounterKey) -> Option<Counter> {
        let counter = self.rows.remove(key)?;
        let place = (counter.idle_at(), *key);
        self.admitting.remove(&place);
        self.refusing.remove(&place);
        Some(counter)
    }

    pub(super) fn sweep(&mut self, now: SystemTime, limit: usize) -> usize {
        let idle = [&self.admitting, &self.refusing].into_iter().flat_map(|order| {
            let idle = order.iter().take_while(|(idle_at, _)| *idle_at <= now);
            idle.map(|(_, key)| *key)
        });
        let idle: Vec<CounterKey> = idle.take(limit).collect();
        for key in &idle {
            self.remove(key);
        }
        idle.len()
    }
}

impl ThrottleStore for MemoryStore {
    async fn reserve(&self, key: CounterKey, rule: Rule, now: SystemTime) -> Result<Reserved, StoreError> {
        Ok(lock(&self.0.throttle).change(key, rule.limit, now, |counter| counter.reserve(&rule, now)))
    }

    fn counts_in_process(&self) -> bool {
        true
    }

    async fn settle(&self, key: CounterKey, rule: Rule, settled: Settled, now: SystemTime) -> Result<(), StoreError> {
        lock(&self.0.throttle).change(key, rule.limit, now, |counter| counter.settle(&rule, settled, now));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::time::later;

    const RULE: Rule = Rule { limit: 1, window: Duration::from_mins(1), then_one_per: None };
    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn key(n: u8) -> CounterKey {
        CounterKey::from_bytes([n; 32])
    }

    fn after(seconds: u64) -> SystemTime {
        later(NOW, Duration::from_secs(seconds))
    }

    fn reserve_at(counters: &mut Counters, n: u8, now: SystemTime) -> Reserved {
        counters.change(key(n), RULE.limit, now, |counter| counter.reserve(&RULE, now))
    }

    fn fail_at(counters: &mut Counters, n: u8, rule: &Rule, now: SystemTime) {
        assert_eq!(counters.change(key(n), rule.limit, now, |counter| counter.reserve(rule, now)), Reserved::Admitted);
        counters.change(key(n), rule.limit, now, |counter| counter.settle(rule, Settled::Failure, now));
    }

    fn reserve(counters: &mut Counters, n: u8) -> Reserved {
        reserve_at(counters, n, NOW)
    }

    fn fail(counters: &mut Counters, n: u8) {
        fail_at(counters, n, &RULE, NOW);
    }

    fn kept(counters: &Counters) -> Vec<u8> {
        let mut kept: Vec<u8> = counters.rows.keys().map(|key| key.as_bytes()[0]).collect();
        kept.sort_unstable();
        kept
    }

    #[test]
    fn who_is_refused_stays_refused_while_there_are_others() {
        let mut counters = Counters::with_max(3);
        fail(&mut counters, 0);
        for (n, seconds) in [(1, 0), (2, 1), (3, 2)] {
            assert_eq!(reserve_at(&mut counters, n, after(seconds)), Reserved::Admitted);
        }
        assert!(matches!(reserve_at(&mut counters, 0, after(2)), Reserved::Refused { .. }));
        assert_eq!(kept(&counters), [0, 2, 3], "the oldest of the others is gone");
    }

    #[test]
    fn what_says_nothing_any_more_goes_before_what_counts() {
        let mut counters = Counters::with_max(3);
        fail(&mut counters, 0);
        fail(&mut counters, 1);
        let twice = Rule { limit: 2, ..RULE };
        fail_at(&mut counters, 2, &twice, after(60));
        fail_at(&mut counters, 3, &twice, after(60));
        assert_eq!(kept(&counters), [1, 2, 3], "one of those that refused a minute ago is gone");
        fail_at(&mut counters, 4, &twice, after(61));
        assert_eq!(kept(&counters), [2, 3, 4]);
    }

    #[test]
    fn of_those_that_count_the_one_that_ends_first_goes() {
        let mut counters = Counters::with_max(2);
        let (hour, minute) =
            (Rule { limit: 2, window: Duration::from_hours(1), then_one_per: None }, Rule { limit: 2, ..RULE });
        fail_at(&mut counters, 0, &hour, NOW);
        fail_at(&mut counters, 1, &minute, after(10));
        fail_at(&mut counters, 2, &minute, after(20));
        assert_eq!(kept(&counters), [0, 2], "the older one counts for longer");
    }

    #[test]
    fn a_sweep_removes_what_says_nothing_any_more() {
        let mut counters = Counters::with_max(5);
        for n in 0..3 {
            fail(&mut counters, n);
        }
        assert_eq!(reserve_at(&mut counters, 3, after(50)), Reserved::Admitted);
        assert_eq!(counters.sweep(after(59), 10), 0);
        assert_eq!(counters.sweep(after(60), 2), 2, "no more than the limit");
        assert_eq!(counters.sweep(after(60), 2), 1);
        assert_eq!(kept(&counters), [3]);
    }

    #[test]
    fn the_number_of_rows_is_bounded_even_if_all_refuse() {
        let mut counters = Counters::with_max(3);
        for n in 0..10 {
            fail(&mut counters, n);
        }
        assert_eq!((counters.rows.len(), counters.refusing.len(), counters.admitting.len()), (3, 3, 0));
        assert!(matches!(reserve(&mut counters, 9), Reserved::Refused { .. }));
        assert_eq!(reserve(&mut counters, 0), Reserved::Admitted);
    }

    #[test]
    fn what_has_left_no_trace_is_not_kept() {
        let mut counters = Counters::with_max(3);
        assert_eq!(reserve(&mut counters, 0), Reserved::Admitted);
        counters.change(key(0), RULE.limit, NOW, |counter| counter.settle(&RULE, Settled::Abandoned, NOW));
        assert!(counters.rows.is_empty() && counters.admitting.is_empty());
    }
}
