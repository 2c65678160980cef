//! Accounts: those of [`MemoryAccounts`](crate::MemoryAccounts), with what belongs to them.

use auth_core::StoreError;
use auth_core::cache::Revocations;

use super::{MemoryStore, lock};
use crate::accounts::{Account, AccountAdmin, AccountState, AccountStore, Inserted, Renamed};
use crate::hashing::PasswordHash;
use crate::login_key::LoginKey;

impl AccountStore for MemoryStore {
    async fn find_account(&self, login: &LoginKey) -> Result<Option<Account>, StoreError> {
        self.0.accounts.find_account(login).await
    }

    async fn find_account_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.0.accounts.find_account_by_id(id).await
    }

    async fn replace_password_hash(
        &self,
        login: &LoginKey,
        old: &PasswordHash,
        new: PasswordHash,
    ) -> Result<bool, StoreError> {
        self.0.accounts.replace_password_hash(login, old, new).await
    }

    fn revocations(&self) -> Option<Revocations> {
        self.0.accounts.revocations()
    }
}

impl AccountAdmin for MemoryStore {
    async fn list_accounts(&self, offset: u64, limit: u32) -> Result<Vec<Account>, StoreError> {
        self.0.accounts.list_accounts(offset, limit).await
    }

    async fn count_accounts(&self) -> Result<u64, StoreError> {
        self.0.accounts.count_accounts().await
    }

    async fn insert_account(&self, account: Account) -> Result<Inserted, StoreError> {
        self.0.accounts.insert_account(account).await
    }

    async fn set_password(&self, id: &str, epoch: u64, new: PasswordHash) -> Result<Option<u64>, StoreError> {
        self.0.accounts.set_password(id, epoch, new).await
    }

    async fn set_login(&self, id: &str, epoch: u64, login: &str, key: &LoginKey) -> Result<Renamed, StoreError> {
        self.0.accounts.set_login(id, epoch, login, key).await
    }

    async fn set_state(&self, id: &str, state: AccountState) -> Result<Option<u64>, StoreError> {
        self.0.accounts.set_state(id, state).await
    }

    async fn set_permissions(&self, id: &str, roles: &[String], scopes: &[String]) -> Result<bool, StoreError> {
        self.0.accounts.set_permissions(id, roles, scopes).await
    }

    async fn raise_epoch(&self, id: &str) -> Result<Option<u64>, StoreError> {
        self.0.accounts.raise_epoch(id).await
    }

    async fn delete_account(&self, id: &str) -> Result<bool, StoreError> {
        // First the account: whatever is issued to it meanwhile finds no account and is good for nothing.
        let was_there = self.0.accounts.delete_account(id).await?;
        lock(&self.0.chains).delete_of(id);
        lock(&self.0.keys).delete_of(id);
        lock(&self.0.one_time).delete_of(id);
        lock(&self.0.sessions).delete_of(id);
        Ok(was_there)
    }
}
