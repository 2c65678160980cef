//! Accounts: one row each.

use auth_core::StoreError;
use auth_core::cache::Revocations;
use auth_core::claims::is_scope_token;

use super::changes::Change;
use super::convert::{attributes_of, attributes_text, list_of, list_text};
use super::failure::Failure;
use super::statements::statements;
use super::value::{Row, corrupt};
use super::{Engine, SqlStore, Transaction as _};
use crate::accounts::{Account, AccountAdmin, AccountState, AccountStore, Inserted, Renamed};
use crate::hashing::PasswordHash;
use crate::login_key::LoginKey;
use crate::scope;
use crate::unavailable::Unavailable;

macro_rules! columns {
    () => {
        "id, login, password_hash, state, epoch, second_factor, roles, scopes, attributes"
    };
}

statements! {
    FIND = ["SELECT ", columns!(), " FROM auth_accounts WHERE login_key = $1 AND state <> 'deleted'"];
    FIND_BY_ID = ["SELECT ", columns!(), " FROM auth_accounts WHERE id = $1 AND state <> 'deleted'"];
    LIST = [
        "SELECT ", columns!(),
        " FROM auth_accounts WHERE list_key IS NOT NULL ORDER BY list_key LIMIT $1 OFFSET $2"
    ];
    COUNT = ["SELECT COUNT(list_key) FROM auth_accounts"];
    REPLACE_HASH = ["UPDATE auth_accounts SET password_hash = $3 WHERE login_key = $1 AND password_hash = $2"];
    INSERT = [
        "INSERT INTO auth_accounts (id, list_key, login, login_key, password_hash, state, epoch, second_factor, roles, \
         scopes, attributes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
    ];
    FIND_OWNER = ["SELECT id FROM auth_accounts WHERE login_key = $1"];
    SET_PASSWORD = [
        "UPDATE auth_accounts SET password_hash = $3, epoch = epoch + 1, \
         state = CASE WHEN state = 'must_reset' THEN 'active' ELSE state END \
         WHERE id = $1 AND epoch = $2 AND state <> 'deleted' RETURNING epoch"
    ];
    SET_LOGIN = [
        "UPDATE auth_accounts SET login = $3, login_key = $4, epoch = epoch + 1 \
         WHERE id = $1 AND epoch = $2 AND state <> 'deleted' RETURNING epoch"
    ];
    SET_STATE = [
        "UPDATE auth_accounts SET state = $2, epoch = epoch + 1 WHERE id = $1 AND state <> 'deleted' RETURNING epoch"
    ];
    SET_PERMISSIONS = ["UPDATE auth_accounts SET roles = $2, scopes = $3 WHERE id = $1 AND state <> 'deleted'"];
    RAISE_EPOCH = ["UPDATE auth_accounts SET epoch = epoch + 1 WHERE id = $1 AND state <> 'deleted' RETURNING epoch"];
    BURY = [
        "UPDATE auth_accounts SET state = 'deleted', epoch = epoch + 1, list_key = NULL, login = NULL, \
         login_key = NULL, password_hash = NULL, second_factor = 0, roles = '[]', scopes = '[]', attributes = '{}', \
         totp_secret = NULL, totp_pending = NULL, totp_last_step = NULL, recovery_batch = NULL \
         WHERE id = $1 AND state <> 'deleted'"
    ];
    DELETE_CHAINS = ["DELETE FROM auth_refresh_chains WHERE account = $1"];
    DELETE_KEYS = ["DELETE FROM auth_api_keys WHERE owner = $1"];
    DELETE_ONE_TIME = ["DELETE FROM auth_one_time WHERE account = $1"];
    DELETE_RECOVERY_CODES = ["DELETE FROM auth_recovery_codes WHERE account = $1"];
    DELETE_SESSIONS = ["DELETE FROM auth_sessions WHERE account = $1"];
}

impl<E: Engine> AccountStore for SqlStore<E> {
    async fn find_account(&self, login: &LoginKey) -> Result<Option<Account>, StoreError> {
        let row = self.read_one(FIND, values![login.as_str()]).await?;
        Ok(row.map(read).transpose()?.flatten())
    }

    async fn find_account_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        let row = self.read_one(FIND_BY_ID, values![id]).await?;
        Ok(row.map(read).transpose()?.flatten())
    }

    async fn replace_password_hash(
        &self,
        login: &LoginKey,
        old: &PasswordHash,
        new: PasswordHash,
    ) -> Result<bool, StoreError> {
        Ok(self.write_one(REPLACE_HASH, values![login.as_str(), old.as_str(), new.as_str()]).await?)
    }

    fn revocations(&self) -> Option<Revocations> {
        Some(self.follow_changes())
    }
}

impl<E: Engine> AccountAdmin for SqlStore<E> {
    async fn list_accounts(&self, offset: u64, limit: u32) -> Result<Vec<Account>, StoreError> {
        let rows = self.read(LIST, values![limit, offset]).await?;
        rows.into_iter().filter_map(|row| read(row).transpose()).collect()
    }

    async fn count_accounts(&self) -> Result<u64, StoreError> {
        self.read_one(COUNT, values![]).await?.map_or(Ok(0), |mut row| row.number())
    }

    async fn insert_account(&self, account: Account) -> Result<Inserted, StoreError> {
        let values = values![
            account.id(),
            list_key(account.id()),
            account.login(),
            account.login_key().as_str(),
            account.password_hash().map(PasswordHash::as_str),
            account.state().as_str(),
            account.epoch(),
            account.has_second_factor(),
            list_text(account.roles()),
            list_text(account.scopes()),
            attributes_text(account.attributes())?,
        ];
        if self.write_one(INSERT, values).await? {
            return Ok(Inserted::Stored);
        }
        // Only to say why: nothing was written, whatever the answer.
        let owner = self.read_one(FIND_OWNER, values![account.login_key().as_str()]).await?;
        Ok(if owner.is_some() { Inserted::DuplicateLogin } else { Inserted::DuplicateId })
    }

    async fn set_password(&self, id: &str, epoch: u64, new: PasswordHash) -> Result<Option<u64>, StoreError> {
        Ok(self.change_epoch(SET_PASSWORD, values![id, epoch, new.as_str()], id).await?)
    }

    async fn set_login(&self, id: &str, epoch: u64, login: &str, key: &LoginKey) -> Result<Renamed, StoreError> {
        match self.change_epoch(SET_LOGIN, values![id, epoch, login, key.as_str()], id).await {
            Ok(Some(epoch)) => Ok(Renamed::Stored { epoch }),
            Ok(None) => Ok(Renamed::NotCurrent),
            Err(Failure::Unique) => Ok(Renamed::DuplicateLogin),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn set_state(&self, id: &str, state: AccountState) -> Result<Option<u64>, StoreError> {
        Ok(self.change_epoch(SET_STATE, values![id, state.as_str()], id).await?)
    }

    async fn set_permissions(&self, id: &str, roles: &[String], scopes: &[String]) -> Result<bool, StoreError> {
        scope::check(scopes).map_err(StoreError::new)?;
        let values = values![id, list_text(roles), list_text(scopes)];
        Ok(self.change_one(SET_PERMISSIONS, values, Change::Account(id)).await?)
    }

    async fn raise_epoch(&self, id: &str) -> Result<Option<u64>, StoreError> {
        Ok(self.change_epoch(RAISE_EPOCH, values![id], id).await?)
    }

    async fn delete_account(&self, id: &str) -> Result<bool, StoreError> {
        let change = Change::Account(id);
        if !change.is_possible() {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        if transaction.write(BURY, values![id]).await? == 0 {
            return Ok(false);
        }
        for delete in [DELETE_CHAINS, DELETE_KEYS, DELETE_ONE_TIME, DELETE_RECOVERY_CODES, DELETE_SESSIONS] {
            transaction.write(delete, values![id]).await?;
        }
        self.commit_change(transaction, change).await?;
        Ok(true)
    }
}

/// Shorter ids first and then bytewise, in every collation: all of them agree on digits and on `a` to `f`.
fn list_key(id: &str) -> String {
    use std::fmt::Write as _;

    let mut key = format!("{:08x}", id.len());
    for byte in id.bytes() {
        // Writing to a `String` does not fail.
        let _ = write!(key, "{byte:02x}");
    }
    key
}

/// Reads an account. What cannot be read is told to the operator, and looks like an account that nobody can use.
fn read(mut row: Row) -> Result<Option<Account>, StoreError> {
    let (id, login) = (row.text()?, row.text()?);
    let mut account = match Account::new(&id, login) {
        Ok(account) => account,
        Err(error) => {
            tracing::warn!(
                auth.account = %id,
                auth.reason = "corrupt_login",
                cause = %error,
                "an account cannot be read and counts as unknown"
            );
            return Ok(None);
        }
    };
    if let Some(hash) = row.optional_text()? {
        match PasswordHash::parse(&hash) {
            Ok(hash) => account = account.with_password_hash(hash),
            Err(error) => {
                tracing::warn!(
                    auth.account = %id,
                    auth.reason = "corrupt_password_hash",
                    cause = %error,
                    "an account counts as having no password"
                );
            }
        }
    }
    let state = row.text()?;
    account = account.with_epoch(row.number()?).with_second_factor(row.integer()? != 0);
    let permissions = [row.text()?, row.text()?, row.text()?];
    let account = permit(account.clone(), &state, &permissions).unwrap_or_else(|error| {
        let cause: &(dyn std::error::Error + 'static) = &error;
        tracing::warn!(
            auth.account = %id,
            auth.reason = "corrupt_account",
            cause,
            "an account cannot be read and counts as suspended"
        );
        account.with_state(AccountState::Suspended)
    });
    Ok(Some(account))
}

/// The account with its state, and what it is permitted: roles, scopes and attributes.
fn permit(account: Account, state: &str, [roles, scopes, attributes]: &[String; 3]) -> Result<Account, StoreError> {
    let state = AccountState::from_name(state).ok_or_else(|| corrupt("a state of an account is not known"))?;
    let (roles, attributes) = (list_of(roles)?, attributes_of(attributes)?);
    let (scopes, others): (Vec<String>, _) = list_of(scopes)?.into_iter().partition(|text| is_scope_token(text));
    if let Err(error) = scope::check(&others) {
        // Nobody could ever have asked for it by itself, so leaving it out takes nothing away.
        tracing::warn!(
            auth.account = %account.id(),
            auth.reason = %Unavailable::MALFORMED_SCOPE,
            cause = %error,
            "an account counts as not having a stored scope"
        );
    }
    let account = account.with_scopes(scopes).map_err(StoreError::new)?;
    Ok(account.with_roles(roles).with_attributes(attributes).with_state(state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_the_order_of_numbers() {
        let mut ids = ["10", "9", "a", "B", "1", "aa", "\u{e4}"];
        ids.sort_unstable_by_key(|id| list_key(id));
        assert_eq!(ids, ["1", "9", "B", "a", "10", "aa", "\u{e4}"]);
    }
}
