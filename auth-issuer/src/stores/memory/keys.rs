//! API keys of accounts.

use std::collections::{BTreeSet, HashMap};
use std::time::SystemTime;

use auth_core::StoreError;
use auth_core::cache::Revocations;

use super::{MemoryStore, lock};
use crate::accounts::AccountStore as _;
use crate::api_keys::{EXPIRED_KEYS_STAY, KeyChange, KeyStore, OwnedKey};
use crate::secret::SecretDigest;
use crate::time::later;

#[derive(Default)]
pub(super) struct Keys {
    by_id: HashMap<String, OwnedKey>,
    ids_by_digest: HashMap<SecretDigest, String>,
    /// By owner, in the order of [`list_keys`](KeyStore::list_keys).
    ids_by_owner: HashMap<String, BTreeSet<(SystemTime, String)>>,
    ids_by_parent: HashMap<String, BTreeSet<String>>,
}

impl Keys {
    fn of_owner<'a>(&'a self, owner: &str) -> impl Iterator<Item = &'a OwnedKey> {
        self.ids_by_owner.get(owner).into_iter().flatten().filter_map(|(_, id)| self.by_id.get(id))
    }

    /// Removes a key and all that were made with it, however far down. Returns their ids.
    fn remove_tree(&mut self, id: &str) -> Vec<String> {
        let (mut doomed, mut removed) = (vec![id.to_owned()], Vec::new());
        while let Some(id) = doomed.pop() {
            doomed.extend(self.ids_by_parent.remove(&id).into_iter().flatten());
            let Some(key) = self.by_id.remove(&id) else { continue };
            self.ids_by_digest.remove(&key.digest);
            if let Some(ids) = self.ids_by_owner.get_mut(&key.owner) {
                ids.remove(&(key.created_at, id.clone()));
                if ids.is_empty() {
                    self.ids_by_owner.remove(&key.owner);
                }
            }
            if let Some(siblings) = key.parent.as_ref().and_then(|parent| self.ids_by_parent.get_mut(parent)) {
                siblings.remove(&id);
            }
            removed.push(id);
        }
        removed
    }

    pub(super) fn delete_of(&mut self, owner: &str) {
        for (_, id) in self.ids_by_owner.get(owner).cloned().unwrap_or_default() {
            self.remove_tree(&id);
        }
    }

    pub(super) fn sweep(&mut self, now: SystemTime, limit: usize) -> usize {
        let is_void = |key: &&OwnedKey| key.expires_at.is_some_and(|end| later(end, EXPIRED_KEYS_STAY) <= now);
        let void: Vec<String> = self.by_id.values().filter(is_void).take(limit).map(|key| key.id.clone()).collect();
        for id in &void {
            self.remove_tree(id);
        }
        void.len()
    }
}

impl KeyStore for MemoryStore {
    async fn insert_key(&self, key: OwnedKey) -> Result<bool, StoreError> {
        let mut keys = lock(&self.0.keys);
        let is_taken = keys.by_id.contains_key(&key.id) || keys.ids_by_digest.contains_key(&key.digest);
        let has_parent = key.parent.as_ref().is_none_or(|parent| keys.by_id.contains_key(parent));
        if is_taken || !has_parent {
            return Ok(false);
        }
        if let Some(parent) = &key.parent {
            keys.ids_by_parent.entry(parent.clone()).or_default().insert(key.id.clone());
        }
        keys.ids_by_digest.insert(key.digest, key.id.clone());
        keys.ids_by_owner.entry(key.owner.clone()).or_default().insert((key.created_at, key.id.clone()));
        keys.by_id.insert(key.id.clone(), key);
        Ok(true)
    }

    async fn find_key(&self, id: &str) -> Result<Option<OwnedKey>, StoreError> {
        Ok(lock(&self.0.keys).by_id.get(id).cloned())
    }

    async fn find_key_by_digest(&self, digest: &SecretDigest) -> Result<Option<OwnedKey>, StoreError> {
        let keys = lock(&self.0.keys);
        Ok(keys.ids_by_digest.get(digest).and_then(|id| keys.by_id.get(id)).cloned())
    }

    async fn list_keys(&self, owner: &str, offset: u64, limit: u32) -> Result<Vec<OwnedKey>, StoreError> {
        let keys = lock(&self.0.keys);
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(keys.of_owner(owner).skip(offset).take(limit).cloned().collect())
    }

    async fn count_keys(&self, owner: &str, now: SystemTime) -> Result<u64, StoreError> {
        let keys = lock(&self.0.keys);
        let count = keys.of_owner(owner).filter(|key| key.expires_at.is_none_or(|end| end > now)).count();
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    async fn change_key(&self, owner: &str, id: &str, change: KeyChange, now: SystemTime) -> Result<bool, StoreError> {
        let mut keys = lock(&self.0.keys);
        let Some(key) = keys.by_id.get_mut(id).filter(|key| key.owner == owner) else { return Ok(false) };
        key.name = change.name.unwrap_or(std::mem::take(&mut key.name));
        key.description = change.description.unwrap_or(std::mem::take(&mut key.description));
        key.scopes = change.scopes.unwrap_or(std::mem::take(&mut key.scopes));
        key.is_disabled = change.is_disabled.unwrap_or(key.is_disabled);
        key.updated_at = now;
        drop(keys);
        // Everything of the owner: what was made with the key stays within it.
        if let Some(revocations) = self.0.accounts.revocations() {
            revocations.revoke_subject(owner);
        }
        Ok(true)
    }

    async fn delete_key(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
        let mut keys = lock(&self.0.keys);
        if keys.by_id.get(id).is_none_or(|key| key.owner != owner) {
            return Ok(false);
        }
        let removed = keys.remove_tree(id);
        drop(keys);
        self.withdraw(removed.iter().map(String::as_str));
        Ok(true)
    }

    async fn touch_key(&self, id: &str, now: SystemTime, since: SystemTime) -> Result<(), StoreError> {
        if let Some(key) = lock(&self.0.keys).by_id.get_mut(id)
            && key.last_used_at.is_none_or(|last| last < since)
        {
            key.last_used_at = Some(now);
        }
        Ok(())
    }

    fn revocations(&self) -> Option<Revocations> {
        self.0.accounts.revocations()
    }
}

impl MemoryStore {
    /// Withdraws what was verified of keys and tokens.
    pub(super) fn withdraw<'a>(&self, ids: impl IntoIterator<Item = &'a str>) {
        if let Some(revocations) = self.0.accounts.revocations() {
            ids.into_iter().for_each(|id| revocations.revoke_credential(id));
        }
    }
}
