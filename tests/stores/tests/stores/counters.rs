//! Whoever guesses chooses the keys of counters; the table stays bounded without a sweep.

use std::time::{Duration, SystemTime};

use auth_issuer::stores::{PostgresStore, SqliteStore};
use auth_issuer::throttle::{CounterKey, Reserved, Rule, Settled, ThrottleStore};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::temporary::Place;

const MAX: u64 = 100;
/// A handle looks after a tenth of them.
const SLACK: i64 = 10;
const RULE: Rule = Rule { limit: 1, window: Duration::from_mins(10), then_one_per: None };

fn key(n: u32) -> CounterKey {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    CounterKey::from_bytes(bytes)
}

fn at(n: u32) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000) + Duration::from_millis(n.into())
}

async fn count(place: &Place) -> i64 {
    let statement = "SELECT COUNT(*) FROM auth_counters";
    match place {
        Place::Postgres(database) => {
            let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
            sqlx::query_scalar(statement).fetch_one(&mut connection).await.expect("a number")
        }
        Place::Sqlite(_) => {
            let mut connection = SqliteConnection::connect(&place.url()).await.expect("a connection");
            sqlx::query_scalar(statement).fetch_one(&mut connection).await.expect("a number")
        }
    }
}

async fn reserve(store: &impl ThrottleStore, n: u32) -> Reserved {
    store.reserve(key(n), RULE, at(n)).await.expect("an answer")
}

async fn fail(store: &impl ThrottleStore, n: u32) {
    assert_eq!(reserve(store, n).await, Reserved::Admitted, "{n}");
    store.settle(key(n), RULE, Settled::Failure, at(n)).await.expect("an answer");
}

async fn stays_bounded(store: impl ThrottleStore, place: &Place) {
    let max = i64::try_from(MAX).expect("small") + SLACK;
    fail(&store, 0).await;
    for n in 1..=300 {
        assert_eq!(reserve(&store, n).await, Reserved::Admitted, "{n}");
    }
    let kept = count(place).await;
    assert!((max / 2..=max).contains(&kept), "{kept}");
    assert!(matches!(store.reserve(key(0), RULE, at(301)).await, Ok(Reserved::Refused { .. })), "it stays refused");
    assert_eq!(reserve(&store, 300).await, Reserved::Busy, "the latest is kept");

    for n in 1_000..=1_300 {
        fail(&store, n).await;
    }
    let kept = count(place).await;
    assert!((max / 2..=max).contains(&kept), "all of them refuse, and there are {kept}");
    assert!(matches!(reserve(&store, 1_300).await, Reserved::Refused { .. }), "the latest is kept");
    assert_eq!(
        store.reserve(key(0), RULE, at(1_301)).await.expect("an answer"),
        Reserved::Admitted,
        "the oldest is gone"
    );
}

/// A flood of yesterday does not push out what counts today.
async fn what_is_over_goes_first(store: impl ThrottleStore) {
    const TOMORROW: u32 = 24 * 60 * 60 * 1_000;
    let twice = Rule { limit: 2, ..RULE };
    for n in 1..=100 {
        fail(&store, n).await;
    }
    let guess = async |n: u32| {
        let reserved = store.reserve(key(0), twice, at(n)).await.expect("an answer");
        if reserved == Reserved::Admitted {
            store.settle(key(0), twice, Settled::Failure, at(n)).await.expect("an answer");
        }
        reserved
    };
    assert_eq!(guess(TOMORROW).await, Reserved::Admitted);
    for n in 1..=70 {
        fail(&store, TOMORROW + n).await;
    }
    assert_eq!(guess(TOMORROW + 100).await, Reserved::Admitted);
    assert!(matches!(guess(TOMORROW + 101).await, Reserved::Refused { .. }), "the first of the two was forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_that_are_over_go_first() {
    for place in Place::all().await {
        let url = place.url();
        if let Some(path) = url.strip_prefix("sqlite:") {
            let store = SqliteStore::open(path).await.expect("a store");
            what_is_over_goes_first(store.with_max_counters(MAX)).await;
        } else {
            let store = PostgresStore::open(&url).await.expect("a store");
            what_is_over_goes_first(store.with_max_counters(MAX)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_are_bounded_without_a_sweep() {
    for place in Place::all().await {
        let url = place.url();
        if let Some(path) = url.strip_prefix("sqlite:") {
            let store = SqliteStore::open(path).await.expect("a store");
            stays_bounded(store.with_max_counters(MAX), &place).await;
        } else {
            let store = PostgresStore::open(&url).await.expect("a store");
            stays_bounded(store.with_max_counters(MAX), &place).await;
        }
    }
}
