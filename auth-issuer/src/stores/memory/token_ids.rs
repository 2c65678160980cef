//! Ids of spent tokens.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::SystemTime;

use auth_core::StoreError;
use auth_core::cache::Revocations;

use super::{MemoryStore, lock};
use crate::accounts::AccountStore;
use crate::token_ids::TokenIdStore;

/// By kind and id, until when.
#[derive(Default)]
pub(super) struct TokenIds(HashMap<(&'static str, String), SystemTime>);

impl TokenIds {
    pub(super) fn sweep(&mut self, now: SystemTime, limit: usize) -> usize {
        let before = self.0.len();
        let mut left = limit;
        self.0.retain(|_, expires_at| {
            let goes = *expires_at <= now && left > 0;
            left = left.saturating_sub(usize::from(goes));
            !goes
        });
        before.saturating_sub(self.0.len())
    }
}

impl TokenIdStore for MemoryStore {
    async fn spend_token_id(&self, kind: &'static str, id: &str, expires_at: SystemTime) -> Result<bool, StoreError> {
        let is_first = match lock(&self.0.token_ids).0.entry((kind, id.to_owned())) {
            Entry::Occupied(_) => false,
            Entry::Vacant(entry) => {
                entry.insert(expires_at);
                true
            }
        };
        self.withdraw([id]);
        Ok(is_first)
    }

    async fn is_token_id_spent(&self, kind: &'static str, id: &str) -> Result<bool, StoreError> {
        Ok(lock(&self.0.token_ids).0.contains_key(&(kind, id.to_owned())))
    }

    fn revocations(&self) -> Option<Revocations> {
        AccountStore::revocations(self)
    }
}
