//! Second factors: columns of the account's row, and recovery codes of their own table.

use std::time::SystemTime;

use auth_core::StoreError;

use super::changes::Change;
use super::statements::statements;
use super::value::{Row, Value};
use super::{Engine, SqlStore, Transaction as _, read_epoch};
use crate::secret::SecretDigest;
use crate::totp::{SealedSecret, TotpRecord, TotpStore};

statements! {
    FIND = [
        "SELECT epoch, totp_secret, totp_pending, totp_last_step, recovery_batch FROM auth_accounts \
         WHERE id = $1 AND state <> 'deleted'"
    ];
    BEGIN = ["UPDATE auth_accounts SET totp_pending = $3 WHERE id = $1 AND epoch = $2 AND state <> 'deleted'"];
    ENABLE = [
        "UPDATE auth_accounts SET totp_secret = totp_pending, totp_pending = NULL, totp_last_step = $4, \
         recovery_batch = $5, second_factor = 1, epoch = epoch + 1 \
         WHERE id = $1 AND epoch = $2 AND totp_pending = $3 AND state <> 'deleted' RETURNING epoch"
    ];
    DISABLE = [
        "UPDATE auth_accounts SET totp_secret = NULL, totp_pending = NULL, totp_last_step = NULL, \
         recovery_batch = NULL, second_factor = 0, epoch = epoch + 1 \
         WHERE id = $1 AND epoch = $2 AND state <> 'deleted' RETURNING epoch"
    ];
    ADVANCE = [
        "UPDATE auth_accounts SET totp_last_step = $3 WHERE id = $1 AND epoch = $2 AND totp_secret IS NOT NULL \
         AND (totp_last_step IS NULL OR totp_last_step < $3) AND state <> 'deleted'"
    ];
    ADD_CODE = ["INSERT INTO auth_recovery_codes (account, batch, code) VALUES ($1, $2, $3)"];
    SET_BATCH = [
        "UPDATE auth_accounts SET recovery_batch = $3, epoch = epoch + 1 \
         WHERE id = $1 AND epoch = $2 AND state <> 'deleted' RETURNING epoch"
    ];
    REDEEM = [
        "UPDATE auth_recovery_codes SET spent_at = $4 \
         WHERE account = $1 AND batch = $2 AND code = $3 AND spent_at IS NULL"
    ];
    COUNT = ["SELECT COUNT(*) FROM auth_recovery_codes WHERE account = $1 AND batch = $2 AND spent_at IS NULL"];
    LIST_SECRETS = [
        "SELECT id, totp_secret FROM auth_accounts WHERE totp_secret IS NOT NULL AND id > $1 ORDER BY id LIMIT $2"
    ];
    RESEAL = [
        "UPDATE auth_accounts SET totp_secret = $3 WHERE id = $1 AND totp_secret = $2 AND state <> 'deleted'"
    ];
    DELETE_OTHERS = ["DELETE FROM auth_recovery_codes WHERE account = $1 AND batch <> $2"];
    DELETE_ALL = ["DELETE FROM auth_recovery_codes WHERE account = $1"];
}

impl<E: Engine> SqlStore<E> {
    /// Changes which batch of codes counts, and deletes the others in the same transaction.
    async fn change_batch(
        &self,
        account: &str,
        change: (&'static str, Vec<Value>),
        delete: (&'static str, Vec<Value>),
    ) -> Result<Option<u64>, StoreError> {
        let mut transaction = self.begin().await?;
        let Some(epoch) = read_epoch(transaction.write_returning(change.0, change.1).await?)? else { return Ok(None) };
        transaction.write(delete.0, delete.1).await?;
        self.commit_change(transaction, Change::Account(account)).await?;
        Ok(Some(epoch))
    }
}

impl<E: Engine> TotpStore for SqlStore<E> {
    async fn find_totp(&self, account: &str) -> Result<Option<TotpRecord>, StoreError> {
        self.read_one(FIND, values![account]).await?.map(read).transpose()
    }

    async fn begin_totp(&self, account: &str, epoch: u64, pending: &SealedSecret) -> Result<bool, StoreError> {
        Ok(self.write_one(BEGIN, values![account, epoch, pending.as_text()]).await?)
    }

    async fn enable_totp(
        &self,
        account: &str,
        epoch: u64,
        pending: &SealedSecret,
        step: u64,
        recovery_batch: &str,
    ) -> Result<Option<u64>, StoreError> {
        let change = values![account, epoch, pending.as_text(), step, recovery_batch];
        self.change_batch(account, (ENABLE, change), (DELETE_OTHERS, values![account, recovery_batch])).await
    }

    async fn disable_totp(&self, account: &str, epoch: u64) -> Result<Option<u64>, StoreError> {
        self.change_batch(account, (DISABLE, values![account, epoch]), (DELETE_ALL, values![account])).await
    }

    async fn advance_totp(&self, account: &str, epoch: u64, step: u64) -> Result<bool, StoreError> {
        Ok(self.write_one(ADVANCE, values![account, epoch, step]).await?)
    }

    async fn add_recovery_codes(&self, account: &str, batch: &str, codes: &[SecretDigest]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for code in codes {
            transaction.write(ADD_CODE, values![account, batch, *code]).await?;
        }
        Ok(self.commit(transaction).await?)
    }

    async fn set_recovery_batch(&self, account: &str, epoch: u64, batch: &str) -> Result<Option<u64>, StoreError> {
        let change = (SET_BATCH, values![account, epoch, batch]);
        self.change_batch(account, change, (DELETE_OTHERS, values![account, batch])).await
    }

    async fn redeem_recovery_code(
        &self,
        account: &str,
        batch: &str,
        code: &SecretDigest,
        now: SystemTime,
    ) -> Result<bool, StoreError> {
        Ok(self.write_one(REDEEM, values![account, batch, *code, now]).await?)
    }

    async fn count_recovery_codes(&self, account: &str, batch: &str) -> Result<u32, StoreError> {
        let count = self.read_one(COUNT, values![account, batch]).await?.map_or(Ok(0), |mut row| row.number())?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn list_totp(&self, after: Option<&str>, limit: u32) -> Result<Vec<(String, SealedSecret)>, StoreError> {
        // No id is empty.
        let rows = self.read(LIST_SECRETS, values![after.unwrap_or_default(), limit]).await?;
        rows.into_iter().map(|mut row| Ok((row.text()?, SealedSecret::from_text(row.text()?)))).collect()
    }

    async fn reseal_totp(&self, account: &str, old: &SealedSecret, new: &SealedSecret) -> Result<bool, StoreError> {
        Ok(self.write_one(RESEAL, values![account, old.as_text(), new.as_text()]).await?)
    }
}

fn read(mut row: Row) -> Result<TotpRecord, StoreError> {
    Ok(TotpRecord {
        epoch: row.number()?,
        secret: row.optional_text()?.map(SealedSecret::from_text),
        pending: row.optional_text()?.map(SealedSecret::from_text),
        last_step: row.optional_number()?,
        recovery_batch: row.optional_text()?,
    })
}
