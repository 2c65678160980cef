//! API keys of accounts. A key that was made with another refers to it, and is deleted with it by the database itself.

use std::time::SystemTime;

use auth_core::StoreError;
use auth_core::cache::Revocations;

use super::changes::Change;
use super::convert::{list_of, list_text};
use super::failure::Failure;
use super::statements::statements;
use super::value::Row;
use super::{Engine, SqlStore};
use crate::api_keys::{KeyChange, KeyStore, OwnedKey};
use crate::secret::SecretDigest;

macro_rules! columns {
    () => {
        "id, digest, owner, epoch, parent, name, description, scopes, is_disabled, created_at, updated_at, \
         expires_at, last_used_at"
    };
}

statements! {
    INSERT = [
        "INSERT INTO auth_api_keys (", columns!(), ") \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    ];
    FIND = ["SELECT ", columns!(), " FROM auth_api_keys WHERE id = $1"];
    FIND_BY_DIGEST = ["SELECT ", columns!(), " FROM auth_api_keys WHERE digest = $1"];
    LIST = [
        "SELECT ", columns!(), " FROM auth_api_keys WHERE owner = $1 ORDER BY created_at, id LIMIT $2 OFFSET $3"
    ];
    COUNT = ["SELECT COUNT(*) FROM auth_api_keys WHERE owner = $1 AND (expires_at IS NULL OR expires_at > $2)"];
    CHANGE = [
        "UPDATE auth_api_keys SET name = COALESCE($3, name), description = COALESCE($4, description), \
         scopes = COALESCE($5, scopes), is_disabled = COALESCE($6, is_disabled), updated_at = $7 \
         WHERE id = $1 AND owner = $2"
    ];
    DELETE = ["DELETE FROM auth_api_keys WHERE id = $1 AND owner = $2"];
    TOUCH = [
        "UPDATE auth_api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)"
    ];
}

impl<E: Engine> KeyStore for SqlStore<E> {
    async fn insert_key(&self, key: OwnedKey) -> Result<bool, StoreError> {
        let values = values![
            key.id,
            key.digest,
            key.owner,
            key.epoch,
            key.parent,
            key.name,
            key.description,
            list_text(&key.scopes),
            key.is_disabled,
            key.created_at,
            key.updated_at,
            key.expires_at,
            key.last_used_at,
        ];
        match self.write_one(INSERT, values).await {
            Err(Failure::ForeignKey | Failure::Unique) => Ok(false),
            result => Ok(result?),
        }
    }

    async fn find_key(&self, id: &str) -> Result<Option<OwnedKey>, StoreError> {
        self.read_one(FIND, values![id]).await?.map(read).transpose()
    }

    async fn find_key_by_digest(&self, digest: &SecretDigest) -> Result<Option<OwnedKey>, StoreError> {
        self.read_one(FIND_BY_DIGEST, values![*digest]).await?.map(read).transpose()
    }

    async fn list_keys(&self, owner: &str, offset: u64, limit: u32) -> Result<Vec<OwnedKey>, StoreError> {
        self.read(LIST, values![owner, limit, offset]).await?.into_iter().map(read).collect()
    }

    async fn count_keys(&self, owner: &str, now: SystemTime) -> Result<u64, StoreError> {
        self.read_one(COUNT, values![owner, now]).await?.map_or(Ok(0), |mut row| row.number())
    }

    async fn change_key(&self, owner: &str, id: &str, change: KeyChange, now: SystemTime) -> Result<bool, StoreError> {
        let scopes = change.scopes.as_deref().map(list_text);
        let values = values![id, owner, change.name, change.description, scopes, change.is_disabled, now];
        // Everything of the owner: what was made with the key stays within it.
        Ok(self.change_one(CHANGE, values, Change::Account(owner)).await?)
    }

    async fn delete_key(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
        // Everything of the owner: the database deletes what was made with the key, and does not say what that was.
        Ok(self.change_one(DELETE, values![id, owner], Change::Account(owner)).await?)
    }

    async fn touch_key(&self, id: &str, now: SystemTime, since: SystemTime) -> Result<(), StoreError> {
        self.write(TOUCH, values![id, now, since]).await?;
        Ok(())
    }

    fn revocations(&self) -> Option<Revocations> {
        Some(self.follow_changes())
    }
}

fn read(mut row: Row) -> Result<OwnedKey, StoreError> {
    Ok(OwnedKey {
        id: row.text()?,
        digest: row.digest()?,
        owner: row.text()?,
        epoch: row.optional_number()?,
        parent: row.optional_text()?,
        name: row.text()?,
        description: row.text()?,
        scopes: list_of(&row.text()?)?,
        is_disabled: row.integer()? != 0,
        created_at: row.time()?,
        updated_at: row.time()?,
        expires_at: row.optional_time()?,
        last_used_at: row.optional_time()?,
    })
}
