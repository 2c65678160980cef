//! Ids of keys in use: those of this process, so that programs need not ask which store they have.

use std::collections::BTreeSet;

use auth_core::StoreError;

use super::{MemoryStore, lock};
use crate::key_ids::KeyIdStore;

/// Kinds and ids.
#[derive(Default)]
pub(super) struct KeyIds(BTreeSet<(String, String)>);

impl KeyIdStore for MemoryStore {
    async fn list_key_ids(&self, kind: &str) -> Result<Vec<String>, StoreError> {
        let ids = lock(&self.0.key_ids);
        Ok(ids.0.iter().filter(|(of, _)| of == kind).map(|(_, id)| id.clone()).collect())
    }

    async fn insert_key_id(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
        Ok(lock(&self.0.key_ids).0.insert((kind.to_owned(), id.to_owned())))
    }

    async fn delete_key_id(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
        Ok(lock(&self.0.key_ids).0.remove(&(kind.to_owned(), id.to_owned())))
    }
}
