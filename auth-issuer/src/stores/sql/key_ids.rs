//! Ids of keys in use.

use auth_core::StoreError;

use super::statements::statements;
use super::{Engine, SqlStore};
use crate::key_ids::KeyIdStore;

statements! {
    IN_USE = ["SELECT id FROM auth_key_ids WHERE kind = $1 ORDER BY id"];
    INSERT = ["INSERT INTO auth_key_ids (kind, id) VALUES ($1, $2) ON CONFLICT (kind, id) DO NOTHING"];
    DELETE = ["DELETE FROM auth_key_ids WHERE kind = $1 AND id = $2"];
}

impl<E: Engine> KeyIdStore for SqlStore<E> {
    async fn list_key_ids(&self, kind: &str) -> Result<Vec<String>, StoreError> {
        self.read(IN_USE, values![kind]).await?.into_iter().map(|mut row| row.text()).collect()
    }

    async fn insert_key_id(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
        Ok(self.write_one(INSERT, values![kind, id]).await?)
    }

    async fn delete_key_id(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
        Ok(self.write_one(DELETE, values![kind, id]).await?)
    }
}
