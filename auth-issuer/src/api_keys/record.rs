//! What is stored of an API key that an account owns.

use std::fmt;
use std::time::SystemTime;

use crate::secret::SecretDigest;

/// An API key of an account as it is stored: its digest, never the key.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "a row, which stores build and take apart")]
pub struct OwnedKey {
    /// The public id. Unique.
    pub id: String,
    /// The key's SHA-256. Unique.
    pub digest: SecretDigest,
    /// The id of the account that it acts for.
    pub owner: String,
    /// The owner's epoch when it was made: it is good while the two are equal. `None` for a key that outlives changes
    /// of password; it still dies with its owner, and rests while the owner is not active.
    pub epoch: Option<u64>,
    /// The key that made it, with which it is deleted, and within which it stays: it is good while that one is, and permits
    /// what both permit.
    pub parent: Option<String>,
    /// How its owner knows it again.
    pub name: String,
    /// What its owner notes about it.
    pub description: String,
    /// What it permits, as far as its owner is permitted it at the time of use.
    pub scopes: Vec<String>,
    /// Whether it is refused for now.
    pub is_disabled: bool,
    /// When it was made.
    pub created_at: SystemTime,
    /// When its owner last changed it.
    pub updated_at: SystemTime,
    /// From when on it is refused.
    pub expires_at: Option<SystemTime>,
    /// When it was last used, within the accuracy of [`touch_key`](super::KeyStore::touch_key).
    pub last_used_at: Option<SystemTime>,
}

impl fmt::Debug for OwnedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedKey").field("id", &self.id).field("owner", &self.owner).finish_non_exhaustive()
    }
}
