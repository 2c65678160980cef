//! Counters of failed attempts, bounded.

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use auth_core::api_keys::StoreError;

use super::{MemoryStore, lock};
use crate::throttle::{Counter, CounterKey, Reserved, Rule, Settled, ThrottleStore};

/// The counters, and the order in which they may go.
pub(super) struct Counters {
    max: usize,
    rows: HashMap<CounterKey, Row>,
    /// Those that refuse nobody and those that do, each by the number of their last change: the oldest first.
    admitting: BTreeMap<u64, CounterKey>,
    refusing: BTreeMap<u64, CounterKey>,
    changes: u64,
}

struct Row {
    counter: Counter,
    change: u64,
}

impl Default for Counters {
    fn default() -> Self {
        Self::with_max(MemoryStore::MAX_COUNTERS)
    }
}

impl Counters {
    fn with_max(max: usize) -> Self {
        Self { max, rows: HashMap::new(), admitting: BTreeMap::new(), refusing: BTreeMap::new(), changes: 0 }
    }

    /// Changes one counter, which is made where there is none.
    fn change<T>(&mut self, key: CounterKey, limit: u32, now: SystemTime, change: impl FnOnce(&mut Counter) -> T) -> T {
        let mut counter = self.remove(&key).unwrap_or_default();
        let result = change(&mut counter);
        if !counter.is_idle(now) {
            self.insert(key, counter, limit);
        }
        result
    }

    fn insert(&mut self, key: CounterKey, counter: Counter, limit: u32) {
        if self.rows.len() >= self.max {
            let oldest = self.admitting.first_key_value().or(self.refusing.first_key_value());
            if let Some(oldest) = oldest.map(|(_, key)| *key) {
                self.remove(&oldest);
            }
        }
        self.changes = self.changes.wrapping_add(1);
        let order = if counter.failures >= limit { &mut self.refusing } else { &mut self.admitting };
        order.insert(self.changes, key);
        self.rows.insert(key, Row { counter, change: self.changes });
    }

    fn remove(&mut self, key: &CounterKey) -> Option<Counter> {
        let row = self.rows.remove(key)?;
        self.admitting.remove(&row.change);
        self.refusing.remove(&row.change);
        Some(row.counter)
    }

    pub(super) fn sweep(&mut self, now: SystemTime, limit: usize) -> usize {
        let idle = self.rows.iter().filter(|(_, row)| row.counter.is_idle(now)).take(limit);
        let idle: Vec<CounterKey> = idle.map(|(key, _)| *key).collect();
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

    const RULE: Rule = Rule { limit: 1, window: Duration::from_mins(1), then_one_per: None };
    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn key(n: u8) -> CounterKey {
        CounterKey::from_bytes([n; 32])
    }

    fn reserve(counters: &mut Counters, n: u8) -> Reserved {
        counters.change(key(n), RULE.limit, NOW, |counter| counter.reserve(&RULE, NOW))
    }

    fn fail(counters: &mut Counters, n: u8) {
        assert_eq!(reserve(counters, n), Reserved::Admitted);
        counters.change(key(n), RULE.limit, NOW, |counter| counter.settle(&RULE, Settled::Failure, NOW));
    }

    #[test]
    fn the_oldest_that_refuses_nobody_goes_first() {
        let mut counters = Counters::with_max(3);
        fail(&mut counters, 0);
        assert_eq!(reserve(&mut counters, 1), Reserved::Admitted);
        assert_eq!(reserve(&mut counters, 2), Reserved::Admitted);
        assert_eq!(reserve(&mut counters, 3), Reserved::Admitted);
        assert_eq!(counters.rows.len(), 3);
        assert!(matches!(reserve(&mut counters, 0), Reserved::Refused { .. }), "who is refused stays refused");
        assert!(!counters.rows.contains_key(&key(1)), "the oldest of the others is gone");
        assert!(counters.rows.contains_key(&key(2)));
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
