//! The rules of stores of ids of keys.

use crate::key_ids::KeyIdStore;

/// Runs the rules of a store of ids of keys on an empty one.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn key_ids<S: KeyIdStore>(store: &S) {
    let list = async |kind| {
        let mut ids = store.list_key_ids(kind).await.expect("an answer");
        ids.sort_unstable();
        ids
    };
    let insert = async |kind, id| store.insert_key_id(kind, id).await.expect("an answer");
    let delete = async |kind, id| store.delete_key_id(kind, id).await.expect("an answer");
    assert!(list("sealing").await.is_empty());
    assert!(insert("sealing", "one").await && insert("sealing", "One").await && insert("digest", "one").await);
    assert!(!insert("sealing", "one").await, "it is there");
    assert_eq!(list("sealing").await, ["One", "one"]);
    assert!(!delete("sealing", "two").await && !delete("Sealing", "one").await);
    assert!(delete("sealing", "one").await && !delete("sealing", "one").await);
    assert_eq!((list("sealing").await, list("digest").await), (vec!["One".to_owned()], vec!["one".to_owned()]));
    assert!(insert("sealing", "one").await, "it may come again");
}
