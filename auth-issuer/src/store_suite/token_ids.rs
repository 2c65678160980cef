//! The rules of stores of spent token ids.

use super::samples::at;
use crate::token_ids::TokenIdStore;

/// Runs the rules of a store of spent token ids on an empty one.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn token_ids<S: TokenIdStore>(store: &S) {
    let spend = async |kind, id: &str| store.spend_token_id(kind, id, at(600)).await.expect("an answer");
    let is_spent = async |kind, id: &str| store.is_token_id_spent(kind, id).await.expect("an answer");
    assert!(!is_spent("reset", "one").await);
    assert!(spend("reset", "one").await);
    assert!(!spend("reset", "one").await, "once");
    assert!(is_spent("reset", "one").await);
    for (kind, id) in [("access", "one"), ("reset", "One"), ("reset", "on")] {
        assert!(!is_spent(kind, id).await, "{kind} {id} is another one");
        assert!(spend(kind, id).await);
    }
}
