//! What a store of accounts' API keys has to do.

use std::future::Future;
use std::time::{Duration, SystemTime};

use auth_core::StoreError;
use auth_core::cache::Revocations;

use super::record::OwnedKey;
use crate::secret::SecretDigest;

/// How long an expired key stays in its owner's list before it is swept, and with it the keys that were made with it:
/// 30 days.
pub const EXPIRED_KEYS_STAY: Duration = Duration::from_hours(30 * 24);

/// What an owner changes of a key; `None` leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the arguments of one verb, which stores take apart")]
pub struct KeyChange {
    /// How its owner knows it again.
    pub name: Option<String>,
    /// What its owner notes about it.
    pub description: Option<String>,
    /// What it permits.
    pub scopes: Option<Vec<String>>,
    /// Whether it is refused for now.
    pub is_disabled: Option<bool>,
}

/// Keeps the API keys of accounts.
///
/// # Errors
///
/// Every verb fails with [`StoreError`] if the store cannot tell.
pub trait KeyStore: Send + Sync + 'static {
    /// Adds a key; says whether it did. It does not if the id or digest is taken, or if the key that makes it
    /// ([`parent`](OwnedKey::parent)) is gone by then.
    fn insert_key(&self, key: OwnedKey) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Finds a key by its id.
    fn find_key(&self, id: &str) -> impl Future<Output = Result<Option<OwnedKey>, StoreError>> + Send;

    /// Finds a key by its digest.
    fn find_key_by_digest(
        &self,
        digest: &SecretDigest,
    ) -> impl Future<Output = Result<Option<OwnedKey>, StoreError>> + Send;

    /// At most `limit` keys of an owner after the first `offset`, the oldest first, then by id.
    fn list_keys(
        &self,
        owner: &str,
        offset: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<OwnedKey>, StoreError>> + Send;

    /// How many keys an owner has that have not expired.
    fn count_keys(&self, owner: &str, now: SystemTime) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Changes a key of an owner; says whether there is one.
    fn change_key(
        &self,
        owner: &str,
        id: &str,
        change: KeyChange,
        now: SystemTime,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Deletes a key of an owner, and with it every key that was made with it, and so on. Says whether there was one.
    /// From then on none of them is found, and none can be made with them.
    fn delete_key(&self, owner: &str, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Notes a use of a key, unless one from `since` on is noted already: at most one write in that time.
    fn touch_key(
        &self,
        id: &str,
        now: SystemTime,
        since: SystemTime,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Who withdraws what was read of keys; `None`, where nobody does, means that nothing is
    /// [cached](auth_core::cache). Keys are cached only where their store and that of their owners say
    /// [the same one](Revocations::is_same_as).
    ///
    /// A store that has one withdraws the key and every key that was made with it, and so on, after every change and
    /// deletion of a key, before it reports it as done: [each by its id](Revocations::revoke_credential), or
    /// [everything of the owner](Revocations::revoke_subject).
    fn revocations(&self) -> Option<Revocations> {
        None
    }
}
