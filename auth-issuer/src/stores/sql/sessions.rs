//! Sessions.

use std::time::SystemTime;

use auth_core::StoreError;

use super::convert::{factors_of, factors_text};
use super::statements::statements;
use super::value::Row;
use super::{Engine, SqlStore};
use crate::secret::SecretDigest;
use crate::sessions::{SessionRecord, SessionStore};

macro_rules! columns {
    () => {
        "id, digest, account, epoch, label, factors, created_at, seen_at, idle_expires_at, expires_at"
    };
}

statements! {
    INSERT = [
        "INSERT INTO auth_sessions (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    ];
    FIND = [
        "SELECT ", columns!(), " FROM auth_sessions WHERE digest = $1 AND idle_expires_at > $2 AND expires_at > $2"
    ];
    TOUCH = [
        "UPDATE auth_sessions SET seen_at = $2, idle_expires_at = $3 \
         WHERE id = $1 AND idle_expires_at > $2 AND expires_at > $2"
    ];
    CARRY = ["UPDATE auth_sessions SET epoch = $3 WHERE id = $1 AND epoch = $2"];
    END = ["DELETE FROM auth_sessions WHERE id = $1 AND account = $2"];
    LIST = [
        "SELECT ", columns!(), " FROM auth_sessions WHERE account = $1 AND idle_expires_at > $2 AND expires_at > $2 \
         ORDER BY created_at DESC, id DESC"
    ];
}

impl<E: Engine> SessionStore for SqlStore<E> {
    async fn insert_session(&self, session: SessionRecord) -> Result<(), StoreError> {
        let values = values![
            session.id,
            session.digest,
            session.account,
            session.epoch,
            session.label,
            factors_text(&session.factors),
            session.created_at,
            session.seen_at,
            session.idle_expires_at,
            session.expires_at,
        ];
        self.write(INSERT, values).await?;
        Ok(())
    }

    async fn find_session(&self, digest: &SecretDigest, now: SystemTime) -> Result<Option<SessionRecord>, StoreError> {
        self.read_one(FIND, values![*digest, now]).await?.map(read).transpose()
    }

    async fn touch_session(&self, id: &str, now: SystemTime, idle_expires_at: SystemTime) -> Result<bool, StoreError> {
        Ok(self.write_one(TOUCH, values![id, now, idle_expires_at]).await?)
    }

    async fn carry_session(&self, id: &str, from_epoch: u64, to_epoch: u64) -> Result<bool, StoreError> {
        Ok(self.write_one(CARRY, values![id, from_epoch, to_epoch]).await?)
    }

    async fn end_session(&self, account: &str, id: &str) -> Result<bool, StoreError> {
        Ok(self.write_one(END, values![id, account]).await?)
    }

    async fn list_sessions(&self, account: &str, now: SystemTime) -> Result<Vec<SessionRecord>, StoreError> {
        self.read(LIST, values![account, now]).await?.into_iter().map(read).collect()
    }
}

fn read(mut row: Row) -> Result<SessionRecord, StoreError> {
    Ok(SessionRecord {
        id: row.text()?,
        digest: row.digest()?,
        account: row.text()?,
        epoch: row.number()?,
        label: row.text()?,
        factors: factors_of(&row.text()?)?,
        created_at: row.time()?,
        seen_at: row.time()?,
        idle_expires_at: row.time()?,
        expires_at: row.time()?,
    })
}
