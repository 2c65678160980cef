//! What accounts and password hashes count, with the feature `metrics`. The page of names is `docs/observability.md`.

#![expect(clippy::panic, reason = "a test fails that way, in its helpers too")]

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use auth_core::credential::BasicCredentials;
use auth_core::{Attempt, Source, Verifier as _};
use auth_issuer::hash_pool::{MAX_WAIT, Requester};
use auth_issuer::hashing::HashParams;
use auth_issuer::{Account, HashPool, MemoryAccounts, PasswordHash, PasswordVerifier, metrics as names};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

const PAGE: &str = include_str!("../../docs/observability.md");
/// A worker has so many places, one of them for the hash that runs.
const PLACES: u8 = 9;

/// What is told. The recorder gives everything away once, so the changes of the gauge are added up.
struct Told {
    snapshotter: Snapshotter,
    depth: f64,
}

impl Told {
    /// What was counted since the last time.
    fn since(&mut self) -> BTreeMap<String, DebugValue> {
        let entries = self.snapshotter.snapshot().into_vec().into_iter().map(|(key, _, description, value)| {
            assert!(description.is_some(), "{key:?}");
            let labels = key.key().labels().map(|label| format!(" {}={}", label.key(), label.value()));
            (format!("{}{}", key.key().name(), labels.collect::<String>()), value)
        });
        let told: BTreeMap<_, _> = entries.collect();
        match told.get(names::HASH_POOL_DEPTH) {
            Some(DebugValue::Gauge(change)) => self.depth += change.into_inner(),
            other => panic!("{other:?}"),
        }
        told
    }

    fn is_depth(&self, depth: u8) -> bool {
        (self.depth - f64::from(depth)).abs() < f64::EPSILON
    }
}

fn source(last: u8) -> Source {
    Source::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)))
}

/// One test: the recorder is the whole process's, as hashes run on threads of their own.
#[tokio::test(start_paused = true)]
async fn counts_sign_ins_by_outcome_and_hashes_that_run_wait_and_are_refused() {
    let recorder = DebuggingRecorder::new();
    let mut told = Told { snapshotter: recorder.snapshotter(), depth: 0.0 };
    recorder.install().unwrap();
    names::describe();

    let pool = HashPool::new(1, HashParams::new_insecure(8, 1, 1).unwrap());
    let accounts = MemoryAccounts::new();
    let hash = PasswordHash::create(b"correct horse battery staple", pool.params()).unwrap();
    accounts.insert(Account::new("7f3a", "alice").unwrap().with_password_hash(hash)).unwrap();
    let passwords = PasswordVerifier::new(Arc::new(accounts), pool.clone());
    let attempt = Attempt::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000), source(1));
    for (password, is_right) in [("correct horse battery staple", true), ("wrong", false), ("wrong", false)] {
        let verified = passwords.verify(BasicCredentials::new("alice", password), attempt).await;
        assert_eq!(verified.is_ok(), is_right);
    }
    let counted = told.since();
    let count = |name: &str| match counted.get(name) {
        Some(DebugValue::Counter(count)) => *count,
        other => panic!("{name}: {other:?} in {counted:?}"),
    };
    let failed = counted.keys().find(|name| name.contains("event=authn_login_fail ")).unwrap();
    assert!(failed.starts_with(names::EVENTS) && failed.ends_with("reason=wrong_password"), "{failed}");
    assert_eq!(count(failed), 2);
    assert!(matches!(counted.get(names::HASH_POOL_WAIT), Some(DebugValue::Histogram(waits)) if waits.len() == 3));
    assert!(told.is_depth(0), "{}", told.depth);

    // One hash runs until it is let go, eight wait, and the next finds no place.
    let (release, hold) = channel::<()>();
    let run = |n: u8, job: Box<dyn FnOnce() + Send>| {
        let pool = pool.clone();
        tokio::spawn(async move { pool.run(Requester::new(source(n), &n.to_string()), move |_| job()).await })
    };
    let first = run(0, Box::new(move || _ = hold.recv()));
    let waiting: Vec<_> = (1..PLACES).map(|n| run(n, Box::new(|| {}))).collect();
    while pool.depth() < usize::from(PLACES) {
        tokio::task::yield_now().await;
    }
    assert!(run(99, Box::new(|| {})).await.unwrap().is_err());
    let no_place = format!("{} reason=no_place", names::HASH_POOL_REFUSALS);
    assert_eq!(told.since().get(&no_place), Some(&DebugValue::Counter(1)));
    assert!(told.is_depth(PLACES), "{}", told.depth);

    tokio::time::advance(MAX_WAIT + Duration::from_millis(1)).await;
    for refused in waiting {
        assert!(refused.await.unwrap().is_err());
    }
    let waited = format!("{} reason=waited", names::HASH_POOL_REFUSALS);
    assert_eq!(told.since().get(&waited), Some(&DebugValue::Counter(u64::from(PLACES) - 1)));
    assert!(told.is_depth(1), "{}", told.depth);
    drop(release);
    first.await.unwrap().unwrap();
    told.since();
    assert!(told.is_depth(0), "every place is given back: {}", told.depth);
}

#[test]
fn every_metric_is_on_the_page_and_no_other() {
    let table = PAGE.split("\n\n").find(|block| block.starts_with("| accounts and hashes |")).unwrap();
    let rows: Vec<_> = table.lines().skip(2).filter_map(|row| row.split('`').nth(1)).collect();
    let all = [names::EVENTS, names::HASH_POOL_DEPTH, names::HASH_POOL_WAIT, names::HASH_POOL_REFUSALS];
    assert_eq!(rows, all);
}
