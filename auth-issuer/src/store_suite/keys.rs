//! The rules of stores of accounts' API keys.

use std::time::Duration;

use auth_core::cache::{Mark, Revocations};

use super::samples::{at, digest, key};
use crate::api_keys::{KeyChange, KeyStore, OwnedKey};

/// Runs the rules of a store of accounts' API keys on an empty one.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn keys<S: KeyStore>(store: &S) {
    keeps_every_column(store).await;
    an_id_and_a_digest_are_taken_once(store).await;
    a_key_dies_with_the_key_that_made_it(store).await;
    only_its_owner_changes_it(store).await;
    a_change_withdraws_what_was_made_with_the_key(store).await;
    lists_the_oldest_first(store).await;
    notes_a_use_now_and_then(store).await;
}

async fn insert<S: KeyStore>(store: &S, key: OwnedKey) -> bool {
    store.insert_key(key).await.expect("an answer")
}

async fn find<S: KeyStore>(store: &S, id: &str) -> Option<OwnedKey> {
    store.find_key(id).await.expect("an answer")
}

fn assert_same(found: &OwnedKey, expected: &OwnedKey) {
    assert_eq!((&found.id, found.digest, &found.owner), (&expected.id, expected.digest, &expected.owner));
    assert_eq!((found.epoch, &found.parent, &found.name), (expected.epoch, &expected.parent, &expected.name));
    assert_eq!((&found.description, &found.scopes), (&expected.description, &expected.scopes));
    assert_eq!((found.is_disabled, found.created_at), (expected.is_disabled, expected.created_at));
    assert_eq!((found.updated_at, found.expires_at), (expected.updated_at, expected.expires_at));
    assert_eq!(found.last_used_at, expected.last_used_at);
}

async fn keeps_every_column<S: KeyStore>(store: &S) {
    let bare = OwnedKey { epoch: None, ..key("bare", "ada", None) };
    let full = OwnedKey {
        is_disabled: true,
        updated_at: at(1),
        expires_at: Some(at(100)),
        last_used_at: Some(at(2)),
        scopes: Vec::new(),
        ..key("full", "ada", Some("bare"))
    };
    for expected in [bare, full] {
        assert!(insert(store, expected.clone()).await);
        assert_same(&find(store, &expected.id).await.expect("the key"), &expected);
        let found = store.find_key_by_digest(&expected.digest).await.expect("an answer").expect("the key");
        assert_same(&found, &expected);
    }
    assert!(find(store, "Bare").await.is_none());
    assert!(store.find_key_by_digest(&digest("none")).await.expect("an answer").is_none());
    let count = async |seconds| store.count_keys("ada", at(seconds)).await.expect("an answer");
    assert_eq!((count(99).await, count(100).await), (2, 1), "an expired key does not count");
}

async fn an_id_and_a_digest_are_taken_once<S: KeyStore>(store: &S) {
    assert!(insert(store, key("taken", "ada", None)).await);
    assert!(!insert(store, OwnedKey { digest: digest("another"), ..key("taken", "bob", None) }).await);
    assert!(!insert(store, OwnedKey { id: "another".to_owned(), ..key("taken", "bob", None) }).await);
    assert_eq!(find(store, "taken").await.expect("the key").owner, "ada");
    assert!(find(store, "another").await.is_none());
}

async fn a_key_dies_with_the_key_that_made_it<S: KeyStore>(store: &S) {
    assert!(!insert(store, key("orphan", "eve", Some("nobody"))).await);
    for (id, parent) in [("root", None), ("child", Some("root")), ("leaf", Some("child")), ("other", None)] {
        assert!(insert(store, key(id, "eve", parent)).await);
    }
    assert!(!store.delete_key("ada", "root").await.expect("an answer"), "somebody else's");
    assert!(store.delete_key("eve", "root").await.expect("an answer"));
    assert!(!store.delete_key("eve", "root").await.expect("an answer"));
    for id in ["root", "child", "leaf", "orphan"] {
        assert!(find(store, id).await.is_none(), "{id}");
        assert!(store.find_key_by_digest(&digest(id)).await.expect("an answer").is_none(), "{id}");
        assert!(!insert(store, key("late", "eve", Some(id))).await, "nothing is made with {id}");
    }
    assert!(find(store, "other").await.is_some());
}

async fn only_its_owner_changes_it<S: KeyStore>(store: &S) {
    assert!(insert(store, key("mine", "rob", None)).await);
    let change = async |owner: &str, change| store.change_key(owner, "mine", change, at(9)).await.expect("an answer");
    let name = KeyChange { name: Some("phone".to_owned()), ..KeyChange::default() };
    assert!(!change("ada", name.clone()).await);
    assert!(change("rob", name).await);
    let mut expected = OwnedKey { name: "phone".to_owned(), updated_at: at(9), ..key("mine", "rob", None) };
    assert_same(&find(store, "mine").await.expect("the key"), &expected);
    let rest = KeyChange {
        name: None,
        description: Some(String::new()),
        scopes: Some(vec!["a".to_owned(), "b".to_owned()]),
        is_disabled: Some(true),
    };
    assert!(change("rob", rest).await);
    expected.description.clear();
    (expected.scopes, expected.is_disabled) = (vec!["a".to_owned(), "b".to_owned()], true);
    assert_same(&find(store, "mine").await.expect("the key"), &expected);
    let enable = KeyChange { is_disabled: Some(false), ..KeyChange::default() };
    assert!(change("rob", enable).await);
    assert!(!find(store, "mine").await.expect("the key").is_disabled);
    assert!(!store.change_key("rob", "none", KeyChange::default(), at(9)).await.expect("an answer"));
}

/// A key stays within the one that made it, so what was believed of it before that one changed is not believed any more.
async fn a_change_withdraws_what_was_made_with_the_key<S: KeyStore>(store: &S) {
    for (id, parent) in [("max root", None), ("max child", Some("max root")), ("max leaf", Some("max child"))] {
        assert!(insert(store, key(id, "max", parent)).await);
    }
    let Some(revocations) = store.revocations() else { return };
    let off = KeyChange { is_disabled: Some(true), ..KeyChange::default() };
    let narrow = KeyChange { scopes: Some(Vec::new()), ..KeyChange::default() };
    for change in [off, narrow] {
        let mark = trusted(&revocations).await;
        assert!(store.change_key("max", "max root", change, at(1)).await.expect("an answer"));
        trusted(&revocations).await;
        for id in ["max root", "max child", "max leaf"] {
            assert!(!revocations.holds("max", Some(id), mark), "{id} is believed as it was");
        }
    }
}

/// A database is believed once its log is followed.
async fn trusted(revocations: &Revocations) -> Mark {
    let follow = async {
        loop {
            match revocations.mark() {
                Some(mark) => break mark,
                None => tokio::task::yield_now().await,
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), follow).await.expect("changes are heard")
}

async fn lists_the_oldest_first<S: KeyStore>(store: &S) {
    for (id, created) in [("k3", 2), ("k1", 1), ("k2", 2), ("k4", 4)] {
        assert!(insert(store, OwnedKey { created_at: at(created), ..key(id, "lea", None) }).await);
    }
    let ids = async |offset, limit| {
        let keys = store.list_keys("lea", offset, limit).await.expect("an answer");
        keys.iter().map(|key| key.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(0, 10).await, ["k1", "k2", "k3", "k4"]);
    assert_eq!(ids(1, 2).await, ["k2", "k3"]);
    assert!(ids(4, 10).await.is_empty());
    assert!(store.list_keys("nobody", 0, 10).await.expect("an answer").is_empty());
}

async fn notes_a_use_now_and_then<S: KeyStore>(store: &S) {
    assert!(insert(store, key("used", "ada", None)).await);
    let used = async |now, since| {
        store.touch_key("used", at(now), at(since)).await.expect("an answer");
        find(store, "used").await.expect("the key").last_used_at
    };
    assert_eq!(used(100, 40).await, Some(at(100)));
    assert_eq!(used(160, 100).await, Some(at(100)), "one is noted already");
    assert_eq!(used(161, 101).await, Some(at(161)));
    assert_eq!(find(store, "used").await.expect("the key").updated_at, at(0), "a use is no change");
    store.touch_key("none", at(0), at(0)).await.expect("an unknown key is no failure");
}
