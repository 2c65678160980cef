//! Limits on guessing.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use auth_core::api_keys::StoreError;
use auth_core::{Attempt, Source};
use auth_issuer::throttle::{Admission, CounterKey, Reserved, Rule, Settled, Throttle, ThrottleStore};
use auth_issuer::{DigestKey, MemoryStore};

use super::support::{after, from};

async fn admit(throttle: &Throttle, name: &str, attempt: &Attempt) -> Result<(), Duration> {
    match throttle.admit_password(name, attempt).await.expect("an answer") {
        Admission::Admitted(place) => {
            place.settle(Settled::Failure).await.expect("settled");
            Ok(())
        }
        Admission::Throttled { retry_after } => Err(retry_after),
        other => panic!("{other:?}"),
    }
}

async fn settle(throttle: &Throttle, name: &str, attempt: &Attempt, settled: Settled) {
    let Admission::Admitted(place) = throttle.admit_password(name, attempt).await.expect("an answer") else {
        panic!("throttled");
    };
    place.settle(settled).await.expect("settled");
}

#[tokio::test]
async fn the_eleventh_failure_of_a_name_and_source_in_a_minute_is_refused() {
    let throttle = Throttle::in_memory();
    for seconds in 0..10 {
        assert_eq!(admit(&throttle, "alice", &after(seconds)).await, Ok(()));
    }
    assert_eq!(admit(&throttle, "alice", &after(10)).await, Err(Duration::from_secs(50)));
    assert_eq!(admit(&throttle, "ALICE", &after(11)).await, Err(Duration::from_secs(49)), "the same name");
    assert_eq!(admit(&throttle, "bob", &after(11)).await, Ok(()));
    assert_eq!(admit(&throttle, "alice", &from(2, 11)).await, Ok(()), "another source");
    assert_eq!(admit(&throttle, "alice", &after(60)).await, Ok(()), "it heals by itself");
}

#[tokio::test]
async fn failures_while_refused_do_not_extend_it() {
    let throttle = Throttle::in_memory();
    for _ in 0..10 {
        assert_eq!(admit(&throttle, "alice", &after(0)).await, Ok(()));
    }
    for seconds in 0..60 {
        assert_eq!(admit(&throttle, "alice", &after(seconds)).await, Err(Duration::from_secs(60 - seconds)));
    }
    assert_eq!(admit(&throttle, "alice", &after(60)).await, Ok(()));
}

#[tokio::test]
async fn a_source_has_100_failures_a_minute_over_all_names() {
    let throttle = Throttle::in_memory();
    for n in 0..100 {
        assert_eq!(admit(&throttle, &format!("user {n}"), &after(0)).await, Ok(()));
    }
    assert_eq!(admit(&throttle, "another", &after(0)).await, Err(Duration::from_secs(60)));
    assert_eq!(admit(&throttle, "another", &from(2, 0)).await, Ok(()));
    assert_eq!(admit(&throttle, "another", &after(60)).await, Ok(()));
}

#[tokio::test]
async fn a_name_over_all_sources_is_slowed_down_and_never_locked() {
    let throttle = Throttle::in_memory();
    for n in 0..100 {
        assert_eq!(admit(&throttle, "alice", &from(n, 0)).await, Ok(()));
    }
    assert_eq!(admit(&throttle, "alice", &from(100, 1)).await, Err(Duration::from_secs(4)));
    assert_eq!(admit(&throttle, "alice", &from(101, 5)).await, Ok(()), "one attempt in five seconds");
    assert_eq!(admit(&throttle, "alice", &from(102, 6)).await, Err(Duration::from_secs(4)));
    settle(&throttle, "alice", &from(103, 10), Settled::Success).await;
    assert_eq!(
        admit(&throttle, "alice", &from(104, 11)).await,
        Err(Duration::from_secs(4)),
        "success clears its pair only"
    );
    assert_eq!(admit(&throttle, "alice", &from(105, 3_600)).await, Ok(()));
    assert_eq!(admit(&throttle, "alice", &from(106, 3_600)).await, Ok(()), "a new hour");
}

#[tokio::test]
async fn only_success_clears_a_name_and_source() {
    let throttle = Throttle::in_memory();
    for _ in 0..9 {
        assert_eq!(admit(&throttle, "alice", &after(0)).await, Ok(()));
    }
    settle(&throttle, "alice", &after(0), Settled::Abandoned).await;
    settle(&throttle, "bob", &after(0), Settled::Success).await;
    assert_eq!(admit(&throttle, "alice", &after(0)).await, Ok(()), "the tenth");
    assert!(admit(&throttle, "alice", &after(0)).await.is_err());

    let throttle = Throttle::in_memory();
    for _ in 0..9 {
        assert_eq!(admit(&throttle, "alice", &after(0)).await, Ok(()));
    }
    settle(&throttle, "alice", &after(0), Settled::Success).await;
    for _ in 0..10 {
        assert_eq!(admit(&throttle, "alice", &after(0)).await, Ok(()));
    }
}

#[tokio::test]
async fn texts_that_are_no_names_are_counted_too() {
    let throttle = Throttle::in_memory();
    for name in ["", "a\0b", " alice"] {
        for _ in 0..10 {
            assert_eq!(admit(&throttle, name, &after(0)).await, Ok(()), "{name:?}");
        }
        assert!(admit(&throttle, name, &after(0)).await.is_err(), "{name:?}");
    }
}

#[tokio::test]
async fn unknown_sources_are_one_source() {
    let throttle = Throttle::in_memory();
    let unknown = Attempt::new(after(0).now, Source::Unknown);
    for _ in 0..10 {
        assert_eq!(admit(&throttle, "alice", &unknown).await, Ok(()));
    }
    assert!(admit(&throttle, "alice", &unknown).await.is_err());
    assert_eq!(admit(&throttle, "alice", &after(0)).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_in_flight_is_counted_and_whoever_is_cancelled_is_not() {
    let throttle = Throttle::in_memory();
    let mut places = Vec::new();
    for _ in 0..10 {
        let Admission::Admitted(place) = throttle.admit_password("alice", &after(0)).await.expect("an answer") else {
            panic!("throttled");
        };
        places.push(place);
    }
    let error = throttle.admit_password("alice", &after(0)).await.expect_err("all places are taken for two seconds");
    assert_eq!(error.reason(), auth_issuer::Unavailable::THROTTLE_BUSY);

    drop(places);
    for _ in 0..10 {
        assert_eq!(admit(&throttle, "alice", &after(0)).await, Ok(()), "the cancelled ones have left no trace");
    }
    assert!(admit(&throttle, "alice", &after(0)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_is_admitted_when_a_place_is_free() {
    let throttle = Throttle::in_memory();
    let mut places = Vec::new();
    for _ in 0..10 {
        places.push(throttle.admit_password("alice", &after(0)).await.expect("an answer"));
    }
    let waiting = tokio::spawn({
        let throttle = throttle.clone();
        async move { throttle.admit_password("alice", &after(0)).await }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    let Some(Admission::Admitted(place)) = places.pop() else { panic!("admitted above") };
    place.settle(Settled::Success).await.expect("settled");
    assert!(matches!(waiting.await.expect("no panic"), Ok(Admission::Admitted(_))));
}

#[tokio::test]
async fn an_address_gets_three_mails_an_hour_and_a_source_asks_for_twenty() {
    let throttle = Throttle::in_memory();
    let ask = |address: &'static str, attempt: Attempt| {
        let throttle = &throttle;
        async move { throttle.admit_mail(address, &attempt).await.expect("an answer") }
    };
    for seconds in 0..3 {
        assert_eq!(ask("alice@example.com", after(seconds)).await, None);
    }
    assert_eq!(ask("Alice@example.com", from(2, 600)).await, Some(Duration::from_secs(3_000)), "the rest of its hour");
    assert_eq!(ask("alice@example.com", after(3_600)).await, None);

    for n in 0..20 {
        let address: &'static str = Box::leak(format!("{n}@example.com").into_boxed_str());
        assert_eq!(ask(address, from(3, 0)).await, None);
    }
    assert!(ask("another@example.com", from(3, 0)).await.is_some());
    assert_eq!(ask("another@example.com", from(4, 0)).await, None, "the refused request was not counted");
}

/// A store, and which counters it was asked for.
#[derive(Clone, Default)]
struct Seen(MemoryStore, Arc<Mutex<HashSet<CounterKey>>>);

impl ThrottleStore for Seen {
    async fn reserve(&self, key: CounterKey, rule: Rule, now: SystemTime) -> Result<Reserved, StoreError> {
        self.1.lock().expect("no panic").insert(key);
        self.0.reserve(key, rule, now).await
    }

    fn counts_in_process(&self) -> bool {
        true
    }

    async fn settle(&self, key: CounterKey, rule: Rule, settled: Settled, now: SystemTime) -> Result<(), StoreError> {
        self.0.settle(key, rule, settled, now).await
    }
}

/// Nothing is computed for a mail before it is counted, so what bounds the counters is that the source comes first.
#[tokio::test]
async fn requests_for_mails_to_any_names_make_21_counters_a_source() {
    let seen = Seen::default();
    let throttle = Throttle::new(seen.clone(), DigestKey::random().expect("randomness"));
    for n in 0..1_000 {
        let is_admitted =
            throttle.admit_mail(&format!("{n}@example.com"), &after(0)).await.expect("an answer").is_none();
        assert_eq!(is_admitted, n < 20, "{n}");
    }
    assert_eq!(seen.1.lock().expect("no panic").len(), 21);
}

#[tokio::test]
async fn off_admits_everything() {
    let throttle = Throttle::off();
    for _ in 0..200 {
        assert_eq!(admit(&throttle, "alice", &after(0)).await, Ok(()));
        assert_eq!(throttle.admit_mail("alice", &after(0)).await.expect("an answer"), None);
    }
    assert!(!throttle.is_on());
}

#[tokio::test]
async fn a_flood_of_yesterday_ends_no_limit_of_today() {
    let store = MemoryStore::new();
    let rule = Rule { limit: 1, window: Duration::from_mins(1), then_one_per: None };
    for n in 0..MemoryStore::MAX_COUNTERS {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&n.to_be_bytes());
        let key = CounterKey::from_bytes(key);
        assert_eq!(store.reserve(key, rule, after(0).now).await.expect("an answer"), Reserved::Admitted);
        store.settle(key, rule, Settled::Failure, after(0).now).await.expect("settled");
    }
    let throttle = Throttle::new(store, DigestKey::random().expect("randomness"));
    let day = 24 * 60 * 60;
    for seconds in 0..10 {
        assert_eq!(admit(&throttle, "alice", &after(day + seconds)).await, Ok(()));
    }
    assert_eq!(admit(&throttle, "alice", &after(day + 10)).await, Err(Duration::from_secs(50)));
}
