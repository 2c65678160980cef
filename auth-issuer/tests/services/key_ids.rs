//! Keys in use, as nodes that start see them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use auth_issuer::key_ids::{KeyIdStore, record};
use auth_issuer::{DigestKey, MemoryStore, StoreError};

async fn starts(store: &impl KeyIdStore, ids: &[&str]) -> Result<(), String> {
    record(store, "jwt access", ids).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_node_that_lacks_a_key_in_use_does_not_start() {
    let store = MemoryStore::new();
    assert_eq!(starts(&store, &["a"]).await, Ok(()));
    assert_eq!(starts(&store, &["a", "announced"]).await, Ok(()));
    let error = starts(&store, &["b"]).await.expect_err("without `a`");
    assert!(error.contains("jwt access") && error.contains("`a`"), "{error}");
    assert_eq!(store.list_key_ids("jwt access").await.expect("an answer"), ["a"], "nothing was recorded");

    assert_eq!(starts(&store, &["b", "a"]).await, Ok(()), "it signs with another one");
    let error = starts(&store, &["a"]).await.expect_err("without `b`, which signs by now");
    assert!(error.contains("`b`"), "{error}");
    assert!(starts(&store, &["b"]).await.is_err(), "tokens of `a` may be good still");
    assert!(store.delete_key_id("jwt access", "a").await.expect("an answer"));
    assert_eq!(starts(&store, &["b"]).await, Ok(()));

    assert!(starts(&store, &[]).await.is_err());
    assert!(record(&store, "jwt refresh", ["c"]).await.is_ok(), "kinds are apart");
}

#[tokio::test]
async fn nodes_that_digest_under_different_keys_do_not_start_together() {
    let store = MemoryStore::new();
    let key = |byte| DigestKey::new(&[byte; 32]).expect("long enough").id();
    assert!(record(&store, "digest", [key(1)]).await.is_ok());
    assert!(record(&store, "digest", [key(1)]).await.is_ok());
    assert!(record(&store, "digest", [key(2)]).await.is_err());
}

/// Where another node records its key between the first look of this one and its own record.
struct Raced(MemoryStore, Arc<AtomicBool>);

impl KeyIdStore for Raced {
    async fn list_key_ids(&self, kind: &str) -> Result<Vec<String>, StoreError> {
        let ids = self.0.list_key_ids(kind).await;
        if !self.1.swap(true, Ordering::SeqCst) {
            self.0.insert_key_id(kind, "other").await?;
        }
        ids
    }

    async fn insert_key_id(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
        self.0.insert_key_id(kind, id).await
    }

    async fn delete_key_id(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
        self.0.delete_key_id(kind, id).await
    }
}

#[tokio::test]
async fn of_two_nodes_that_start_at_once_with_different_keys_one_gives_way() {
    let store = Raced(MemoryStore::new(), Arc::default());
    let error = starts(&store, &["own"]).await.expect_err("the other one was faster");
    assert!(error.contains("`other`"), "{error}");
    assert_eq!(store.list_key_ids("jwt access").await.expect("an answer"), ["other"], "the own one is withdrawn");
    assert_eq!(starts(&store, &["other"]).await, Ok(()));
}

/// A store that is down.
struct Down;

impl KeyIdStore for Down {
    async fn list_key_ids(&self, _: &str) -> Result<Vec<String>, StoreError> {
        Err(StoreError::new("down"))
    }

    async fn insert_key_id(&self, _: &str, _: &str) -> Result<bool, StoreError> {
        Err(StoreError::new("down"))
    }

    async fn delete_key_id(&self, _: &str, _: &str) -> Result<bool, StoreError> {
        Err(StoreError::new("down"))
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_ends_the_start() {
    assert!(starts(&Down, &["a"]).await.is_err());
}
