//! Second factors: columns of the account's row.

use std::time::SystemTime;

use auth_core::StoreError;

use super::MemoryStore;
use crate::accounts::TotpColumns;
use crate::secret::SecretDigest;
use crate::totp::{SealedSecret, TotpRecord, TotpStore};

impl TotpStore for MemoryStore {
    async fn find_totp(&self, account: &str) -> Result<Option<TotpRecord>, StoreError> {
        Ok(self.0.accounts.read_row(account, |row| TotpRecord {
            epoch: row.account.epoch(),
            secret: row.totp.secret.clone(),
            pending: row.totp.pending.clone(),
            last_step: row.totp.last_step,
            recovery_batch: row.totp.batch.clone(),
        }))
    }

    async fn begin_totp(&self, account: &str, epoch: u64, pending: &SealedSecret) -> Result<bool, StoreError> {
        let begun = self.0.accounts.change_current(account, epoch, |row| row.totp.pending = Some(pending.clone()));
        Ok(begun.is_some())
    }

    async fn enable_totp(
        &self,
        account: &str,
        epoch: u64,
        pending: &SealedSecret,
        step: u64,
        recovery_batch: &str,
    ) -> Result<Option<u64>, StoreError> {
        let enabled = self.0.accounts.change_current(account, epoch, |row| {
            let totp = &mut row.totp;
            if totp.pending.as_ref() != Some(pending) {
                return None;
            }
            totp.secret = totp.pending.take();
            totp.last_step = Some(step);
            name_batch(totp, recovery_batch);
            row.account.set_second_factor(true);
            Some(row.account.change_state(row.account.state()))
        });
        Ok(enabled.flatten())
    }

    async fn disable_totp(&self, account: &str, epoch: u64) -> Result<Option<u64>, StoreError> {
        Ok(self.0.accounts.change_current(account, epoch, |row| {
            row.totp = TotpColumns::default();
            row.account.set_second_factor(false);
            row.account.change_state(row.account.state())
        }))
    }

    async fn advance_totp(&self, account: &str, epoch: u64, step: u64) -> Result<bool, StoreError> {
        let advanced = self.0.accounts.change_current(account, epoch, |row| {
            let totp = &mut row.totp;
            let is_new = totp.secret.is_some() && totp.last_step.is_none_or(|last| last < step);
            if is_new {
                totp.last_step = Some(step);
            }
            is_new
        });
        Ok(advanced.unwrap_or(false))
    }

    async fn add_recovery_codes(&self, account: &str, batch: &str, codes: &[SecretDigest]) -> Result<(), StoreError> {
        self.0.accounts.change_row(account, |row| {
            row.totp.recovery_codes.entry(batch.to_owned()).or_default().extend(codes);
        });
        Ok(())
    }

    async fn set_recovery_batch(&self, account: &str, epoch: u64, batch: &str) -> Result<Option<u64>, StoreError> {
        Ok(self.0.accounts.change_current(account, epoch, |row| {
            name_batch(&mut row.totp, batch);
            row.account.change_state(row.account.state())
        }))
    }

    async fn redeem_recovery_code(
        &self,
        account: &str,
        batch: &str,
        code: &SecretDigest,
        _now: SystemTime,
    ) -> Result<bool, StoreError> {
        let redeemed = self
            .0
            .accounts
            .change_row(account, |row| row.totp.recovery_codes.get_mut(batch).is_some_and(|codes| codes.remove(code)));
        Ok(redeemed.unwrap_or(false))
    }

    async fn count_recovery_codes(&self, account: &str, batch: &str) -> Result<u32, StoreError> {
        let count = self
            .0
            .accounts
            .read_row(account, |row| row.totp.recovery_codes.get(batch).map_or(0, std::collections::HashSet::len));
        Ok(count.and_then(|count| u32::try_from(count).ok()).unwrap_or(0))
    }

    async fn list_totp(&self, after: Option<&str>, limit: u32) -> Result<Vec<(String, SealedSecret)>, StoreError> {
        let mut secrets = self.0.accounts.collect_rows(|id, row| {
            let is_after = after.is_none_or(|after| id > after);
            row.totp.secret.clone().filter(|_| is_after).map(|secret| (id.to_owned(), secret))
        });
        secrets.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        secrets.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(secrets)
    }

    async fn reseal_totp(&self, account: &str, old: &SealedSecret, new: &SealedSecret) -> Result<bool, StoreError> {
        let resealed = self.0.accounts.change_row(account, |row| {
            let is_current = row.totp.secret.as_ref() == Some(old);
            if is_current {
                row.totp.secret = Some(new.clone());
            }
            is_current
        });
        Ok(resealed.unwrap_or(false))
    }
}

/// Lets one batch of codes count, and drops the others.
fn name_batch(totp: &mut TotpColumns, batch: &str) {
    totp.batch = Some(batch.to_owned());
    totp.recovery_codes.retain(|other, _| other == batch);
}
