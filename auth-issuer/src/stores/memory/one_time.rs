//! One-time secrets: one entry for an account and purpose.

use std::collections::HashMap;
use std::time::SystemTime;

use auth_core::StoreError;

use super::{MemoryStore, lock};
use crate::one_time::{OneTimeRecord, OneTimeStore, Purpose, SLOTS, Slot};
use crate::secret::SecretDigest;

#[derive(Default)]
pub(super) struct Secrets {
    /// By account, then by purpose.
    rows: HashMap<String, HashMap<Purpose, Vec<OneTimeRecord>>>,
    accounts_by_digest: HashMap<SecretDigest, String>,
}

impl Secrets {
    fn row(&mut self, account: &str, purpose: Purpose) -> Option<&mut Vec<OneTimeRecord>> {
        self.rows.get_mut(account)?.get_mut(&purpose)
    }

    /// Removes a row with all its secrets.
    fn remove(&mut self, account: &str, purpose: Purpose) {
        let Some(purposes) = self.rows.get_mut(account) else { return };
        for record in purposes.remove(&purpose).unwrap_or_default() {
            self.accounts_by_digest.remove(&record.digest);
        }
        if purposes.is_empty() {
            self.rows.remove(account);
        }
    }

    pub(super) fn delete_of(&mut self, account: &str) {
        for record in self.rows.remove(account).into_iter().flatten().flat_map(|(_, records)| records) {
            self.accounts_by_digest.remove(&record.digest);
        }
    }

    pub(super) fn sweep(&mut self, now: SystemTime, limit: usize) -> usize {
        let void: Vec<(String, Purpose)> = self
            .rows
            .iter()
            .flat_map(|(account, purposes)| purposes.iter().map(move |(purpose, records)| (account, purpose, records)))
            .filter(|(_, _, records)| records.iter().all(|record| record.expires_at <= now))
            .take(limit)
            .map(|(account, purpose, _)| (account.clone(), *purpose))
            .collect();
        for (account, purpose) in &void {
            self.remove(account, *purpose);
        }
        void.len()
    }
}

impl OneTimeStore for MemoryStore {
    async fn insert_one_time(&self, record: OneTimeRecord, slot: Slot, now: SystemTime) -> Result<bool, StoreError> {
        let mut secrets = lock(&self.0.one_time);
        let mut kept = match slot {
            Slot::Only => Vec::new(),
            Slot::Free => secrets.row(&record.account, record.purpose).cloned().unwrap_or_default(),
        };
        kept.retain(|other| other.expires_at > now && other.epoch >= record.epoch);
        if kept.len() >= SLOTS {
            return Ok(false);
        }
        kept.push(record.clone());
        secrets.remove(&record.account, record.purpose);
        for other in &kept {
            secrets.accounts_by_digest.insert(other.digest, record.account.clone());
        }
        secrets.rows.entry(record.account).or_default().insert(record.purpose, kept);
        Ok(true)
    }

    async fn find_one_time(
        &self,
        purpose: Purpose,
        digest: &SecretDigest,
        now: SystemTime,
    ) -> Result<Option<OneTimeRecord>, StoreError> {
        let mut secrets = lock(&self.0.one_time);
        let Some(account) = secrets.accounts_by_digest.get(digest).cloned() else { return Ok(None) };
        let mut records = secrets.row(&account, purpose).into_iter().flatten();
        Ok(records.find(|record| record.digest == *digest && record.expires_at > now).cloned())
    }

    async fn redeem_one_time(&self, record: &OneTimeRecord, now: SystemTime) -> Result<bool, StoreError> {
        let mut secrets = lock(&self.0.one_time);
        let is_there = secrets.row(&record.account, record.purpose).is_some_and(|records| {
            records
                .iter()
                .any(|other| other.digest == record.digest && other.epoch == record.epoch && other.expires_at > now)
        });
        if is_there {
            secrets.remove(&record.account, record.purpose);
        }
        Ok(is_there)
    }
}
