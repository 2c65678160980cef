//! What a store of key ids has to do.

use std::future::Future;

use auth_core::StoreError;

/// Remembers which keys are in use, by kind and id. Never a key.
///
/// # Errors
///
/// Every verb fails with [`StoreError`] if the store cannot tell.
pub trait KeyIdStore: Send + Sync + 'static {
    /// The ids of one kind of key, in any order.
    fn list_key_ids(&self, kind: &str) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// Adds an id; says whether it was not there.
    fn insert_key_id(&self, kind: &str, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Deletes an id; says whether it was there. From then on nodes may do without the key.
    fn delete_key_id(&self, kind: &str, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
