//! Accounts in memory.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use auth_core::StoreError;
use auth_core::cache::Revocations;

use super::{Account, AccountAdmin, AccountError, AccountErrorKind, AccountState, AccountStore, Inserted, Renamed};
use crate::hashing::PasswordHash;
use crate::login_key::LoginKey;
use crate::secret::SecretDigest;
use crate::totp::SealedSecret;

/// Accounts in the memory of one process, for tests, demonstrations and services with a fixed list of them.
///
/// Nothing is kept when the process ends, and another process sees nothing of it. Share it as an [`Arc`](std::sync::Arc).
///
/// # Examples
///
/// ```
/// use auth_issuer::{Account, MemoryAccounts};
///
/// let accounts = MemoryAccounts::new();
/// accounts.insert(Account::new("1", "alice")?)?;
/// assert!(accounts.insert(Account::new("2", "ALICE")?).is_err());
/// # Ok::<(), auth_issuer::accounts::AccountError>(())
/// ```
#[derive(Default)]
pub struct MemoryAccounts {
    tables: RwLock<Tables>,
    revocations: Revocations,
}

/// An account and what belongs to it.
pub(crate) struct Row {
    pub(crate) account: Account,
    pub(crate) totp: TotpColumns,
}

/// The columns of the second factor; the epoch is the account's.
#[derive(Default)]
pub(crate) struct TotpColumns {
    pub(crate) secret: Option<SealedSecret>,
    pub(crate) pending: Option<SealedSecret>,
    pub(crate) last_step: Option<u64>,
    pub(crate) batch: Option<String>,
    /// By batch, the codes that are not spent.
    pub(crate) recovery_codes: HashMap<String, HashSet<SecretDigest>>,
}

#[derive(Default)]
struct Tables {
    by_id: HashMap<String, Row>,
    ids_by_login: HashMap<LoginKey, String>,
    /// Ids of deleted accounts: they are never given to another.
    deleted: HashSet<String>,
}

impl Tables {
    fn by_login(&self, login: &LoginKey) -> Option<&Account> {
        self.by_id.get(self.ids_by_login.get(login)?).map(|row| &row.account)
    }

    fn account(&mut self, id: &str) -> Option<&mut Account> {
        self.by_id.get_mut(id).map(|row| &mut row.account)
    }

    /// The row of an account, if its epoch is still `epoch`.
    fn current(&mut self, id: &str, epoch: u64) -> Option<&mut Row> {
        self.by_id.get_mut(id).filter(|row| row.account.epoch() == epoch)
    }
}

impl MemoryAccounts {
    /// A store without accounts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an account.
    ///
    /// # Errors
    ///
    /// [`AccountError`] if another account has the id or the login key; nothing is changed then.
    pub fn insert(&self, account: Account) -> Result<(), AccountError> {
        let mut tables = self.write();
        if tables.ids_by_login.contains_key(account.login_key()) {
            return Err(AccountError::new(AccountErrorKind::DuplicateLogin));
        }
        if tables.by_id.contains_key(account.id()) || tables.deleted.contains(account.id()) {
            return Err(AccountError::new(AccountErrorKind::DuplicateId));
        }
        tables.ids_by_login.insert(account.login_key().clone(), account.id().to_owned());
        let row = Row { account, totp: TotpColumns::default() };
        tables.by_id.insert(row.account.id().to_owned(), row);
        Ok(())
    }

    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().by_id.len()
    }

    /// Whether there is no account.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads the row of an account.
    pub(crate) fn read_row<T>(&self, id: &str, read: impl FnOnce(&Row) -> T) -> Option<T> {
        self.read().by_id.get(id).map(read)
    }

    /// What `read` makes of each row, in no order.
    pub(crate) fn collect_rows<T>(&self, read: impl Fn(&str, &Row) -> Option<T>) -> Vec<T> {
        self.read().by_id.iter().filter_map(|(id, row)| read(id, row)).collect()
    }

    /// Changes the row of an account, whatever its epoch.
    pub(crate) fn change_row<T>(&self, id: &str, change: impl FnOnce(&mut Row) -> T) -> Option<T> {
        self.change(id, |tables| tables.by_id.get_mut(id).map(change))
    }

    /// Changes the row of an account if its epoch is still `epoch`.
    pub(crate) fn change_current<T>(&self, id: &str, epoch: u64, change: impl FnOnce(&mut Row) -> T) -> Option<T> {
        self.change(id, |tables| tables.current(id, epoch).map(change))
    }

    /// Changes an account, and withdraws what was verified of it before that is reported as done.
    fn change<T>(&self, id: &str, change: impl FnOnce(&mut Tables) -> T) -> T {
        let changed = change(&mut self.write());
        self.revocations.revoke_subject(id);
        changed
    }

    /// Nothing panics between two writes that belong together, so the tables are right even in a poisoned lock.
    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AccountStore for MemoryAccounts {
    async fn find_account(&self, login: &LoginKey) -> Result<Option<Account>, StoreError> {
        Ok(self.read().by_login(login).cloned())
    }

    async fn find_account_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        Ok(self.read().by_id.get(id).map(|row| row.account.clone()))
    }

    async fn replace_password_hash(
        &self,
        login: &LoginKey,
        old: &PasswordHash,
        new: PasswordHash,
    ) -> Result<bool, StoreError> {
        let mut tables = self.write();
        let Some(id) = tables.ids_by_login.get(login).cloned() else { return Ok(false) };
        let Some(account) = tables.account(&id) else { return Ok(false) };
        let is_current = account.password_hash().is_some_and(|current| current.is_same_as(old));
        if is_current {
            account.set_password_hash(new);
        }
        Ok(is_current)
    }

    fn revocations(&self) -> Option<Revocations> {
        Some(self.revocations.clone())
    }
}

impl AccountAdmin for MemoryAccounts {
    async fn list_accounts(&self, offset: u64, limit: u32) -> Result<Vec<Account>, StoreError> {
        let tables = self.read();
        let mut accounts: Vec<&Account> = tables.by_id.values().map(|row| &row.account).collect();
        accounts.sort_unstable_by_key(|account| (account.id().len(), account.id()));
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(accounts.into_iter().skip(offset).take(limit).cloned().collect())
    }

    async fn count_accounts(&self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.len()).unwrap_or(u64::MAX))
    }

    async fn insert_account(&self, account: Account) -> Result<Inserted, StoreError> {
        Ok(match self.insert(account).map_err(|error| error.kind()) {
            Ok(()) => Inserted::Stored,
            Err(AccountErrorKind::DuplicateId) => Inserted::DuplicateId,
            Err(_) => Inserted::DuplicateLogin,
        })
    }

    async fn set_password(&self, id: &str, epoch: u64, new: PasswordHash) -> Result<Option<u64>, StoreError> {
        Ok(self.change(id, |tables| {
            let account = &mut tables.current(id, epoch)?.account;
            account.set_password_hash(new);
            let state = if account.state() == AccountState::MustReset { AccountState::Active } else { account.state() };
            Some(account.change_state(state))
        }))
    }

    async fn set_login(&self, id: &str, epoch: u64, login: &str, key: &LoginKey) -> Result<Renamed, StoreError> {
        Ok(self.change(id, |tables| {
            let is_taken = tables.ids_by_login.get(key).is_some_and(|owner| owner != id);
            let Some(Row { account, .. }) = tables.current(id, epoch) else { return Renamed::NotCurrent };
            if is_taken {
                return Renamed::DuplicateLogin;
            }
            let before = account.login_key().clone();
            account.set_login(login, key.clone());
            let epoch = account.change_state(account.state());
            tables.ids_by_login.remove(&before);
            tables.ids_by_login.insert(key.clone(), id.to_owned());
            Renamed::Stored { epoch }
        }))
    }

    async fn set_state(&self, id: &str, state: AccountState) -> Result<Option<u64>, StoreError> {
        Ok(self.change(id, |tables| tables.account(id).map(|account| account.change_state(state))))
    }

    async fn set_permissions(&self, id: &str, roles: &[String], scopes: &[String]) -> Result<bool, StoreError> {
        self.change(id, |tables| {
            let Some(account) = tables.account(id) else { return Ok(false) };
            account.set_permissions(roles.to_vec(), scopes.to_vec()).map_err(StoreError::new)?;
            Ok(true)
        })
    }

    async fn raise_epoch(&self, id: &str) -> Result<Option<u64>, StoreError> {
        Ok(self.change(id, |tables| tables.account(id).map(|account| account.change_state(account.state()))))
    }

    async fn delete_account(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self.change(id, |tables| {
            let Some(row) = tables.by_id.remove(id) else { return false };
            tables.ids_by_login.remove(row.account.login_key());
            tables.deleted.insert(id.to_owned());
            true
        }))
    }
}

impl fmt::Debug for MemoryAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryAccounts").field("len", &self.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::HashParams;

    fn hash() -> PasswordHash {
        let tiny = HashParams::new_insecure(8, 1, 1).expect("possible");
        PasswordHash::create(b"secret", tiny).expect("a hash")
    }

    fn key(name: &str) -> LoginKey {
        LoginKey::parse(name).expect("a name")
    }

    fn account(id: &str, login: &str) -> Account {
        Account::new(id, login).expect("a good account")
    }

    #[test]
    fn refuses_a_second_account_of_one_login_key_or_id() {
        let accounts = MemoryAccounts::new();
        accounts.insert(account("1", "zo\u{eb}")).expect("new");
        let refusal = |account| accounts.insert(account).expect_err("a duplicate").kind();
        assert_eq!(refusal(account("2", "Zoe\u{308}")), AccountErrorKind::DuplicateLogin);
        assert_eq!(refusal(account("1", "alice")), AccountErrorKind::DuplicateId);
        assert_eq!(accounts.len(), 1);
        accounts.insert(account("2", "alice")).expect("the refused id and name are free");
    }

    #[tokio::test]
    async fn finds_by_login_key_only() {
        let accounts = MemoryAccounts::new();
        accounts.insert(account("1", "Alice")).expect("new");
        let found = accounts.find_account(&key("aLICE")).await.expect("an answer").expect("the account");
        assert_eq!((found.id(), found.login()), ("1", "Alice"));
        assert!(accounts.find_account(&key("1")).await.expect("an answer").is_none());
    }

    #[tokio::test]
    async fn replaces_the_hash_only_if_it_is_still_the_one_that_was_read() {
        let accounts = MemoryAccounts::new();
        let (first, second, third) = (hash(), hash(), hash());
        accounts.insert(account("1", "alice").with_password_hash(first.clone())).expect("new");
        accounts.insert(account("2", "bob")).expect("new");

        let replace = async |login: &str, old: &PasswordHash, new: &PasswordHash| {
            accounts.replace_password_hash(&key(login), old, new.clone()).await.expect("an answer")
        };
        assert!(replace("alice", &first, &second).await);
        assert!(!replace("alice", &first, &third).await, "somebody else was first");
        assert!(!replace("bob", &first, &third).await, "no password");
        assert!(!replace("carol", &first, &third).await, "no account");
        let stored = accounts.find_account(&key("alice")).await.expect("an answer").expect("the account");
        assert!(stored.password_hash().is_some_and(|hash| hash.is_same_as(&second)));
        assert_eq!(stored.epoch(), 0, "the password is the same");
    }

    #[tokio::test]
    async fn a_change_of_state_raises_the_epoch() {
        let accounts = MemoryAccounts::new();
        accounts.insert(account("1", "alice")).expect("new");
        assert_eq!(accounts.set_state("1", AccountState::Suspended).await.expect("an answer"), Some(1));
        assert_eq!(accounts.set_state("2", AccountState::Suspended).await.expect("an answer"), None);
        let stored = accounts.find_account(&key("alice")).await.expect("an answer").expect("the account");
        assert_eq!((stored.state(), stored.epoch()), (AccountState::Suspended, 1));
    }
}
