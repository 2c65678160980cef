//! One-time secrets: one row an account and purpose, with three slots.

use std::time::SystemTime;

use auth_core::StoreError;

use super::statements::statements;
use super::value::Row;
use super::{Engine, SqlStore};
use crate::one_time::{OneTimeRecord, OneTimeStore, Purpose, SLOTS, Slot};
use crate::secret::SecretDigest;

/// Whether a slot may be written: nothing in it, expired, or of an older epoch.
macro_rules! free {
    (1) => {
        "(t.digest_1 IS NULL OR t.expires_at_1 <= $6 OR t.epoch_1 < $4)"
    };
    (2) => {
        "(t.digest_2 IS NULL OR t.expires_at_2 <= $6 OR t.epoch_2 < $4)"
    };
    (3) => {
        "(t.digest_3 IS NULL OR t.expires_at_3 <= $6 OR t.epoch_3 < $4)"
    };
}

/// The condition under which the first, second or third slot is the first free one.
macro_rules! first_free {
    (1) => {
        free!(1)
    };
    (2) => {
        concat!("(NOT ", free!(1), " AND ", free!(2), ")")
    };
    (3) => {
        concat!("(NOT ", free!(1), " AND NOT ", free!(2), " AND ", free!(3), ")")
    };
}

/// Sets a slot where it is the first free one, and leaves it otherwise.
macro_rules! fill {
    ($n:tt) => {
        concat!(
            "digest_",
            $n,
            " = CASE WHEN ",
            first_free!($n),
            " THEN $3 ELSE t.digest_",
            $n,
            " END, ",
            "epoch_",
            $n,
            " = CASE WHEN ",
            first_free!($n),
            " THEN $4 ELSE t.epoch_",
            $n,
            " END, ",
            "expires_at_",
            $n,
            " = CASE WHEN ",
            first_free!($n),
            " THEN $5 ELSE t.expires_at_",
            $n,
            " END, "
        )
    };
}

statements! {
    INSERT_FREE = [
        "INSERT INTO auth_one_time AS t (account, purpose, digest_1, epoch_1, expires_at_1, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (account, purpose) DO UPDATE SET ",
        fill!(1), fill!(2), fill!(3),
        "expires_at = CASE WHEN t.expires_at < $5 THEN $5 ELSE t.expires_at END \
         WHERE ", free!(1), " OR ", free!(2), " OR ", free!(3)
    ];
    INSERT_ONLY = [
        "INSERT INTO auth_one_time (account, purpose, digest_1, epoch_1, expires_at_1, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (account, purpose) DO UPDATE SET \
         digest_1 = $3, epoch_1 = $4, expires_at_1 = $5, digest_2 = NULL, epoch_2 = NULL, expires_at_2 = NULL, \
         digest_3 = NULL, epoch_3 = NULL, expires_at_3 = NULL, expires_at = $5"
    ];
    FIND = [
        "SELECT account, purpose, digest_1, epoch_1, expires_at_1, digest_2, epoch_2, expires_at_2, digest_3, epoch_3, \
         expires_at_3 FROM auth_one_time WHERE digest_1 = $1 OR digest_2 = $1 OR digest_3 = $1"
    ];
    REDEEM = [
        "DELETE FROM auth_one_time WHERE account = $1 AND purpose = $2 AND (\
         (digest_1 = $3 AND epoch_1 = $4 AND expires_at_1 > $5) OR \
         (digest_2 = $3 AND epoch_2 = $4 AND expires_at_2 > $5) OR \
         (digest_3 = $3 AND epoch_3 = $4 AND expires_at_3 > $5))"
    ];
}

impl<E: Engine> OneTimeStore for SqlStore<E> {
    async fn insert_one_time(&self, record: OneTimeRecord, slot: Slot, now: SystemTime) -> Result<bool, StoreError> {
        let OneTimeRecord { purpose, account, epoch, digest, expires_at } = record;
        let mut values = values![account, purpose.as_str(), digest, epoch, expires_at];
        Ok(match slot {
            Slot::Only => self.write_one(INSERT_ONLY, values).await?,
            Slot::Free => {
                values.extend(values![now]);
                self.write_one(INSERT_FREE, values).await?
            }
        })
    }

    async fn find_one_time(
        &self,
        purpose: Purpose,
        digest: &SecretDigest,
        now: SystemTime,
    ) -> Result<Option<OneTimeRecord>, StoreError> {
        // By the digest alone, which has an index in each slot; what else has to hold is looked at here.
        let Some(row) = self.read_one(FIND, values![*digest]).await? else { return Ok(None) };
        Ok(read(row, purpose, digest)?.filter(|record| record.expires_at > now))
    }

    async fn redeem_one_time(&self, record: &OneTimeRecord, now: SystemTime) -> Result<bool, StoreError> {
        let values = values![record.account.as_str(), record.purpose.as_str(), record.digest, record.epoch, now];
        Ok(self.write_one(REDEEM, values).await?)
    }
}

/// Reads the slot that has the digest, if the row is of the purpose.
fn read(mut row: Row, purpose: Purpose, digest: &SecretDigest) -> Result<Option<OneTimeRecord>, StoreError> {
    let account = row.text()?;
    if row.text()? != purpose.as_str() {
        return Ok(None);
    }
    for _ in 0..SLOTS {
        let slot = (row.optional_digest()?, row.optional_number()?, row.optional_time()?);
        if let (Some(found), Some(epoch), Some(expires_at)) = slot
            && found == *digest
        {
            return Ok(Some(OneTimeRecord { purpose, account, epoch, digest: *digest, expires_at }));
        }
    }
    Ok(None)
}
