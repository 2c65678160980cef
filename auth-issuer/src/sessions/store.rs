//! What a store of sessions has to do.

use std::fmt;
use std::future::Future;
use std::time::SystemTime;

use auth_core::{Factor, StoreError};

use crate::secret::SecretDigest;

/// What is stored of a session.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "a row, which stores build and take apart")]
pub struct SessionRecord {
    /// The public id, for lists and logs; not the secret that the browser has.
    pub id: String,
    /// The secret that the browser has.
    pub digest: SecretDigest,
    /// The id of the account.
    pub account: String,
    /// The account's epoch at sign-in: the session is good while the two are equal.
    pub epoch: u64,
    /// How the owner knows it again: a user agent, at most 64 characters, escaped.
    pub label: String,
    /// When and how the owner proved who it is.
    pub factors: Vec<Factor>,
    /// When it began.
    pub created_at: SystemTime,
    /// When it was last used, within the accuracy of [`touch_session`](SessionStore::touch_session).
    pub seen_at: SystemTime,
    /// From when on it is refused unless it is used.
    pub idle_expires_at: SystemTime,
    /// From when on it is refused.
    pub expires_at: SystemTime,
}

impl fmt::Debug for SessionRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRecord").field("id", &self.id).field("account", &self.account).finish_non_exhaustive()
    }
}

/// Keeps sessions.
///
/// # Errors
///
/// Every verb fails with [`StoreError`] if the store cannot tell.
pub trait SessionStore: Send + Sync + 'static {
    /// Adds a session.
    fn insert_session(&self, session: SessionRecord) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Finds a session that has not expired. Its epoch may be old.
    fn find_session(
        &self,
        digest: &SecretDigest,
        now: SystemTime,
    ) -> impl Future<Output = Result<Option<SessionRecord>, StoreError>> + Send;

    /// Notes a use of a session, unless it has ended; says whether it has not.
    fn touch_session(
        &self,
        id: &str,
        now: SystemTime,
        idle_expires_at: SystemTime,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Carries a session of one epoch over to another, for the one in which its owner changed the password; says
    /// whether it was there.
    fn carry_session(
        &self,
        id: &str,
        from_epoch: u64,
        to_epoch: u64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Ends a session of an account; says whether there was one.
    fn end_session(&self, account: &str, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The sessions of an account that have not expired, the latest first. Their epochs may be old.
    fn list_sessions(
        &self,
        account: &str,
        now: SystemTime,
    ) -> impl Future<Output = Result<Vec<SessionRecord>, StoreError>> + Send;
}
