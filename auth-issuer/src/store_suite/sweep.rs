//! The rules of sweeping.

use std::time::Duration;

use super::samples::{at, chain, digest, key, one_time_record, rotation, session};
use crate::api_keys::{EXPIRED_KEYS_STAY, OwnedKey};
use crate::one_time::{OneTimeRecord, Purpose, Slot};
use crate::refresh::Chain;
use crate::sessions::SessionRecord;
use crate::stores::Store;
use crate::throttle::{CounterKey, LEASE, Reserved, Rule, Settled};

const KEPT: u64 = 1_000;

/// Runs the rules of sweeping on an empty store.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn sweep<S: Store>(store: &S) {
    assert_eq!(store.sweep(at(0), 100).await.expect("an answer"), 0, "nothing is there");
    add(store).await;

    assert_eq!(store.sweep(at(0), 1_000).await.expect("an answer"), 0, "nothing has expired");
    // Of each kind three have expired at 10: by a limit of two they need two rounds.
    assert_eq!(store.sweep(at(10), 2).await.expect("an answer"), 10);
    assert_eq!(store.sweep(at(10), 2).await.expect("an answer"), 5);
    assert_eq!(store.sweep(at(10), 1_000).await.expect("an answer"), 0);
    what_is_good_is_kept(store).await;

    // Then the keys, which stay in their owner's list for a while, and the counter.
    let later = at(10) + EXPIRED_KEYS_STAY;
    assert!(store.find_key("x").await.expect("an answer").is_some());
    assert!(store.sweep(later, 1_000).await.expect("an answer") >= 2);
    for (id, is_there) in [("x", false), ("made with x", false), ("y", true)] {
        assert_eq!(store.find_key(id).await.expect("an answer").is_some(), is_there, "{id}");
    }
    assert_eq!(store.sweep(later, 1_000).await.expect("an answer"), 0);
}

/// Adds to each kind one row that is kept, and three that expire at 10 or before.
async fn add<S: Store>(store: &S) {
    for (n, ends) in [(0_u8, 1), (1, 5), (2, 10), (3, KEPT)] {
        let id = n.to_string();
        // Half of them are idle for too long, the others at their end.
        let (idle_expires_at, expires_at) = if n % 2 == 0 { (at(ends), at(KEPT)) } else { (at(KEPT), at(ends)) };
        let kept = chain(&format!("c{id}"), "ada", "web");
        store.insert_chain(Chain { idle_expires_at, expires_at, ..kept }).await.expect("an answer");
        let kept = session(&format!("s{id}"), "ada");
        store.insert_session(SessionRecord { idle_expires_at, expires_at, ..kept }).await.expect("an answer");
        let secret = one_time_record(&id, &format!("o{id}"), 3, at(ends));
        assert!(store.insert_one_time(secret, Slot::Free, at(0)).await.expect("an answer"));
        assert!(store.spend_token_id("reset", &id, at(ends)).await.expect("an answer"));
        let rule = Rule { limit: 1, window: Duration::from_secs(ends), then_one_per: None };
        let key = CounterKey::from_bytes([n; 32]);
        // The last of them is in flight until its lease ends.
        let begun = if n == 3 { at(0) } else { at(0) - LEASE };
        assert_eq!(store.reserve(key, rule, begun).await.expect("an answer"), Reserved::Admitted);
        if n < 3 {
            store.settle(key, rule, Settled::Failure, at(0)).await.expect("an answer");
        }
    }
    // A spent token goes with its chain.
    let rotated = store.rotate_chain(rotation("c3", 0, at(0))).await.expect("an answer");
    assert!(rotated);
    // A second secret keeps the row of the first.
    let second = OneTimeRecord { account: "3".to_owned(), ..one_time_record("3", "second", 3, at(1)) };
    assert!(store.insert_one_time(second, Slot::Free, at(0)).await.expect("an answer"));
    let ends = |id: &str, parent, seconds| OwnedKey { expires_at: Some(at(seconds)), ..key(id, "ada", parent) };
    for key in [ends("x", None, 10), ends("made with x", Some("x"), 11), ends("y", None, 12)] {
        assert!(store.insert_key(key).await.expect("an answer"));
    }
}

async fn what_is_good_is_kept<S: Store>(store: &S) {
    for token in ["c3-0", "c3-1"] {
        assert!(store.find_chain(&digest(token)).await.expect("an answer").is_some(), "{token}");
    }
    assert!(store.find_session(&digest("s3"), at(10)).await.expect("an answer").is_some());
    let secret = store.find_one_time(Purpose::LOGIN, &digest("o3"), at(10)).await.expect("an answer");
    assert!(secret.is_some());
    assert!(store.is_token_id_spent("reset", "3").await.expect("an answer"));
    let rule = Rule { limit: 1, window: Duration::from_secs(KEPT), then_one_per: None };
    let in_flight = store.reserve(CounterKey::from_bytes([3; 32]), rule, at(10)).await.expect("an answer");
    assert_eq!(in_flight, Reserved::Busy);
    for n in 0..3 {
        assert!(store.find_chain(&digest(&format!("c{n}-0"))).await.expect("an answer").is_none());
        assert!(!store.is_token_id_spent("reset", &n.to_string()).await.expect("an answer"));
    }
}
