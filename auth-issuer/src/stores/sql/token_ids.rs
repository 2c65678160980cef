//! Ids of spent tokens.

use std::time::SystemTime;

use auth_core::StoreError;
use auth_core::cache::Revocations;

use super::changes::Change;
use super::statements::statements;
use super::{Engine, SqlStore};
use crate::token_ids::TokenIdStore;

statements! {
    SPEND = ["INSERT INTO auth_token_ids (kind, id, expires_at) VALUES ($1, $2, $3) ON CONFLICT (kind, id) DO NOTHING"];
    FIND = ["SELECT expires_at FROM auth_token_ids WHERE kind = $1 AND id = $2"];
}

impl<E: Engine> TokenIdStore for SqlStore<E> {
    async fn spend_token_id(&self, kind: &'static str, id: &str, expires_at: SystemTime) -> Result<bool, StoreError> {
        Ok(self.change_one(SPEND, values![kind, id, expires_at], Change::Credential(id)).await?)
    }

    async fn is_token_id_spent(&self, kind: &'static str, id: &str) -> Result<bool, StoreError> {
        Ok(self.read_one(FIND, values![kind, id]).await?.is_some())
    }

    fn revocations(&self) -> Option<Revocations> {
        Some(self.follow_changes())
    }
}
