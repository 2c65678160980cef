//! What a store of accounts has to do.

use std::future::Future;

use auth_core::StoreError;
use auth_core::cache::Revocations;

use super::{Account, AccountState};
use crate::hashing::PasswordHash;
use crate::login_key::LoginKey;

/// Keeps accounts.
///
/// Each verb that writes is one statement whose whole condition is on the account's own row, so that of two requests at
/// once one comes second and sees what the first has done. What makes everything issued to the account void raises its
/// [epoch](Account::epoch) in that same statement.
///
/// # Errors
///
/// Every verb fails with [`StoreError`] if the store cannot tell: the request is answered with 503. A write that may or
/// may not have happened is such a failure too.
///
/// # Security
///
/// A store that reads a password hash which [cannot be parsed](PasswordHash::parse) reports the account without a
/// password and tells the operator. An error would answer 503 for that account alone, and so say that it exists. So it is
/// with a stored scope that is [none](auth_core::claims::is_scope_token): the account is reported without it.
///
/// # Examples
///
/// A store in a database finds by `WHERE login_key = $1`, and replaces by one statement that counts the rows it
/// changed: `UPDATE accounts SET password_hash = $3 WHERE login_key = $1 AND password_hash = $2`.
pub trait AccountStore: Send + Sync + 'static {
    /// Finds the account of a name, whatever its state.
    fn find_account(&self, login: &LoginKey) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// Finds the account of an id, whatever its state. A deleted one is not found.
    fn find_account_by_id(&self, id: &str) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// Replaces the hash of a password by another hash of the same password, if `old` is still the stored one; says
    /// whether it was. The epoch stays: the password has not changed.
    fn replace_password_hash(
        &self,
        login: &LoginKey,
        old: &PasswordHash,
        new: PasswordHash,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Who withdraws what was read of accounts; `None`, where nobody does, means that nothing is
    /// [cached](auth_core::cache).
    ///
    /// A store that has one [revokes the subject](Revocations::revoke_subject), by the account's id, after every write
    /// to an account but [`replace_password_hash`](Self::replace_password_hash), before it reports the write as done.
    fn revocations(&self) -> Option<Revocations> {
        None
    }
}

/// Keeps accounts that change: for everything beyond signing in.
///
/// | verb | epoch |
/// | --- | --- |
/// | `insert_account`, `set_permissions` | stays |
/// | `set_password`, `set_login`, `set_state`, `raise_epoch`, `delete_account` | raised |
///
/// Roles and scopes are read anew at each use of what was issued, so a change of them needs no new epoch.
///
/// # Errors
///
/// As those of [`AccountStore`].
pub trait AccountAdmin: AccountStore {
    /// At most `limit` accounts after the first `offset`, shorter ids first and then bytewise: numbers in their order.
    fn list_accounts(&self, offset: u64, limit: u32) -> impl Future<Output = Result<Vec<Account>, StoreError>> + Send;

    /// How many accounts there are.
    fn count_accounts(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Adds an account, unless its id or login key is taken. The id of a deleted account stays taken, its name does
    /// not.
    fn insert_account(&self, account: Account) -> impl Future<Output = Result<Inserted, StoreError>> + Send;

    /// Sets a new password if the epoch is still `epoch`, and returns the new epoch. An account that had to
    /// [reset](AccountState::MustReset) becomes active; any other state stays.
    fn set_password(
        &self,
        id: &str,
        epoch: u64,
        new: PasswordHash,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Gives the account another name if the epoch is still `epoch`. That comes first: whether the name is taken does not
    /// matter to an account that has changed or is not there.
    fn set_login(
        &self,
        id: &str,
        epoch: u64,
        login: &str,
        key: &LoginKey,
    ) -> impl Future<Output = Result<Renamed, StoreError>> + Send;

    /// Sets the state and returns the new epoch; `None` if there is no such account.
    fn set_state(&self, id: &str, state: AccountState) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Replaces roles and scopes; says whether there is such an account. Fails, and changes nothing, if one of the scopes
    /// is [none](auth_core::claims::is_scope_token).
    fn set_permissions(
        &self,
        id: &str,
        roles: &[String],
        scopes: &[String],
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Makes everything issued to the account void and returns the new epoch; `None` if there is no such account.
    fn raise_epoch(&self, id: &str) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Deletes an account: it is not found any more, has no password and no name. Says whether there was one.
    ///
    /// A store that keeps more than accounts deletes what belongs to it in the same transaction. What is added at that
    /// moment may stay until it is swept, and is good for nothing.
    fn delete_account(&self, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// What became of an account that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
#[non_exhaustive]
pub enum Inserted {
    /// Another account has the id, or a deleted one had it. Nothing is changed.
    DuplicateId,
    /// Another account has the login key. Nothing is changed.
    DuplicateLogin,
    /// It was added.
    Stored,
}

/// What became of a new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
#[non_exhaustive]
pub enum Renamed {
    /// Another account has the login key. Nothing is changed.
    DuplicateLogin,
    /// There is no such account, or its epoch is another one by now. Nothing is changed.
    NotCurrent,
    /// The account has the name.
    Stored {
        /// The new epoch.
        epoch: u64,
    },
}
