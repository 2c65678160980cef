//! The rules of stores of one-time secrets.

use std::time::SystemTime;

use super::samples::{at, digest, one_time_record};
use crate::one_time::{OneTimeRecord, OneTimeStore, Purpose, SLOTS, Slot};

/// Runs the rules of a store of one-time secrets on an empty one.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn one_time<S: OneTimeStore>(store: &S) {
    redeeming_one_kills_all_of_its_purpose(store).await;
    what_is_expired_is_neither_found_nor_redeemed(store).await;
    only_a_void_slot_is_free(store).await;
    the_only_one_takes_the_place_of_all(store).await;
}

async fn find<S: OneTimeStore>(store: &S, secret: &str, now: SystemTime) -> Option<OneTimeRecord> {
    store.find_one_time(Purpose::LOGIN, &digest(secret), now).await.expect("an answer")
}

async fn insert<S: OneTimeStore>(store: &S, record: OneTimeRecord, slot: Slot, now: SystemTime) -> bool {
    store.insert_one_time(record, slot, now).await.expect("an answer")
}

async fn redeem<S: OneTimeStore>(store: &S, record: &OneTimeRecord, now: SystemTime) -> bool {
    store.redeem_one_time(record, now).await.expect("an answer")
}

async fn redeeming_one_kills_all_of_its_purpose<S: OneTimeStore>(store: &S) {
    let records = ["a1", "a2", "a3"].map(|secret| one_time_record("ada", secret, 3, at(600)));
    for record in &records {
        assert!(insert(store, record.clone(), Slot::Free, at(0)).await);
    }
    let other = OneTimeRecord { purpose: Purpose::RESET_PASSWORD, ..one_time_record("ada", "reset", 3, at(600)) };
    assert!(insert(store, other.clone(), Slot::Free, at(0)).await);
    assert!(insert(store, one_time_record("bob", "b1", 3, at(600)), Slot::Free, at(0)).await);
    for record in &records {
        let found = store.find_one_time(Purpose::LOGIN, &record.digest, at(1)).await.expect("an answer");
        assert_eq!(found.as_ref(), Some(record), "finding spends nothing");
    }
    let wrong = store.find_one_time(Purpose::RESET_PASSWORD, &digest("a1"), at(1)).await.expect("an answer");
    assert_eq!(wrong, None, "of another purpose");

    let [first, second, third] = &records;
    assert!(!redeem(store, &OneTimeRecord { purpose: Purpose::RESET_PASSWORD, ..second.clone() }, at(1)).await);
    assert!(!redeem(store, &OneTimeRecord { account: "bob".to_owned(), ..second.clone() }, at(1)).await);
    assert!(!redeem(store, &OneTimeRecord { epoch: 4, ..second.clone() }, at(1)).await);
    assert!(redeem(store, second, at(1)).await);
    for record in [first, second, third] {
        assert!(!redeem(store, record, at(1)).await);
        let found = store.find_one_time(Purpose::LOGIN, &record.digest, at(1)).await.expect("an answer");
        assert_eq!(found, None);
    }
    assert!(redeem(store, &other, at(1)).await, "of another purpose");
    assert!(find(store, "b1", at(1)).await.is_some(), "of another account");
}

async fn what_is_expired_is_neither_found_nor_redeemed<S: OneTimeStore>(store: &S) {
    let record = one_time_record("eve", "e1", 3, at(600));
    assert!(insert(store, record.clone(), Slot::Free, at(0)).await);
    assert_eq!(find(store, "e1", at(600)).await, None);
    assert!(!redeem(store, &record, at(600)).await);
    assert_eq!(find(store, "e1", at(599)).await.as_ref(), Some(&record));
    assert!(redeem(store, &record, at(599)).await);
}

async fn only_a_void_slot_is_free<S: OneTimeStore>(store: &S) {
    assert_eq!(SLOTS, 3);
    let add = async |secret: &str, epoch, expires, now| {
        insert(store, one_time_record("rob", secret, epoch, at(expires)), Slot::Free, at(now)).await
    };
    assert!(add("s1", 3, 100, 0).await && add("s2", 3, 200, 0).await && add("s3", 3, 300, 0).await);
    assert!(!add("s4", 3, 400, 99).await, "full; a request kills none");
    for secret in ["s1", "s2", "s3"] {
        assert!(find(store, secret, at(99)).await.is_some());
    }
    assert!(add("s4", 3, 400, 100).await, "the first has expired");
    assert!(!add("s5", 3, 500, 100).await);
    assert!(find(store, "s2", at(100)).await.is_some() && find(store, "s4", at(100)).await.is_some());
    assert_eq!(find(store, "s4", at(400)).await, None);

    assert!(add("t1", 4, 1_000, 100).await, "those of an older epoch are void");
    assert!(add("t2", 4, 1_000, 100).await && add("t3", 4, 1_000, 100).await);
    assert!(!add("t4", 4, 1_000, 100).await);
    for secret in ["t1", "t2", "t3"] {
        assert!(find(store, secret, at(999)).await.is_some(), "{secret}");
    }
    for secret in ["s1", "s2", "s3", "s4", "s5", "t4"] {
        assert_eq!(find(store, secret, at(100)).await, None, "{secret}");
    }
}

async fn the_only_one_takes_the_place_of_all<S: OneTimeStore>(store: &S) {
    for secret in ["o1", "o2", "o3"] {
        assert!(insert(store, one_time_record("oda", secret, 3, at(600)), Slot::Free, at(0)).await);
    }
    assert!(insert(store, one_time_record("oda", "only", 3, at(700)), Slot::Only, at(0)).await);
    for secret in ["o1", "o2", "o3"] {
        assert_eq!(find(store, secret, at(0)).await, None);
    }
    let only = find(store, "only", at(699)).await.expect("the one");
    assert!(insert(store, one_time_record("oda", "o4", 3, at(600)), Slot::Free, at(0)).await, "there are two places");
    assert!(redeem(store, &only, at(0)).await);
    assert_eq!(find(store, "o4", at(0)).await, None);
}
