//! What a store of accounts has to do.

use std::future::Future;
use std::sync::Arc;

use auth_core::api_keys::StoreError;

use super::Account;
use crate::hashing::PasswordHash;
use crate::login_key::LoginKey;

/// Keeps accounts.
///
/// # Security
///
/// A store that reads a password hash which [cannot be parsed](PasswordHash::parse) reports the account without a
/// password and tells the operator. An error would answer 503 for that account alone, and so say that it exists.
///
/// # Examples
///
/// A store in a database finds by `WHERE login_key = $1`, and replaces by one statement that counts the rows it
/// changed: `UPDATE accounts SET password_hash = $3 WHERE login_key = $1 AND password_hash = $2`.
pub trait AccountStore: Send + Sync + 'static {
    /// Finds the account of a name, whatever its state.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot tell: the request is answered with 503.
    fn find(&self, login: &LoginKey) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// Replaces the hash of a password by another hash of the same password, if `old` is still the stored one; says
    /// whether it was. The epoch stays: the password has not changed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot tell.
    fn replace_password_hash(
        &self,
        login: &LoginKey,
        old: &PasswordHash,
        new: PasswordHash,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// Stores are shared as they are.
impl<S: AccountStore> AccountStore for Arc<S> {
    async fn find(&self, login: &LoginKey) -> Result<Option<Account>, StoreError> {
        S::find(self, login).await
    }

    async fn replace_password_hash(
        &self,
        login: &LoginKey,
        old: &PasswordHash,
        new: PasswordHash,
    ) -> Result<bool, StoreError> {
        S::replace_password_hash(self, login, old, new).await
    }
}
