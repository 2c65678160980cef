//! Peppers: a secret that goes into every password hash and is kept away from the store.
//!
//! It is Argon2's own secret value (RFC 9106 §3.1), of 256 bits or more; a hash names the pepper that it was made with
//! (`keyid` of the PHC string). NIST SP 800-63B §5.1.1.2 calls it an additional keyed hash, OWASP's Password Storage Cheat
//! Sheet a pepper.
//!
//! # What it is good for, and what it costs
//!
//! Whoever steals the store alone, by an injection or a backup, cannot try a single password. Whoever has the program's
//! configuration or memory as well has gained what they have without a pepper: time. So keep it where the database's
//! administrators and backups are not, in a vault or a key service; and keep it: who loses a pepper loses every password
//! that was set under it, and their owners have to reset them.
//!
//! # Rotation
//!
//! A hash cannot be moved to another pepper without the password, so each is made anew when its owner signs in. Put the
//! new pepper first, keep the old one among the others, and take it away once [no stored hash names it](Peppers::ids) any
//! more: the passwords of those who have not come by then are worth nothing, and each attempt at one is told to the
//! operator. All nodes have to know a pepper before one makes hashes with it, so roll it out as an old one first, and
//! [record](Peppers::ids) which ones are in use.

use std::fmt;

use auth_core::{ConfigError, ConfigErrorKind};
use zeroize::Zeroizing;

use crate::digest_key::recorded;

/// What a PHC string allows (`keyid`).
const MAX_ID_LEN: usize = 8;
const MIN_LEN: usize = 32;
const MAX_LEN: usize = 64;

/// The [peppers](self) of a [pool](crate::HashPool): one goes into new hashes, all are known.
///
/// None at all is the default.
///
/// # Examples
///
/// ```
/// use auth_core::Source;
/// use auth_issuer::hash_pool::Requester;
/// use auth_issuer::hashing::{HashParams, Pepper, Peppers};
/// use auth_issuer::HashPool;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (new, old) = ([1; 32], [2; 32]);
/// let peppers = Peppers::new(Pepper::new("2026", &new)?).with_old(Pepper::new("2025", &old)?)?;
/// let pool = HashPool::default().with_peppers(peppers);
///
/// let alice = Requester::new(Source::Unknown, "alice");
/// let hash = pool.run(alice, |hasher| hasher.create(b"correct horse")).await??;
/// assert_eq!(hash.pepper_id(), Some("2026"));
/// assert!(pool.run(alice, move |hasher| hasher.verify(&hash, b"correct horse")).await??);
/// assert!(Pepper::new("short", b"12345678").is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Peppers {
    active: Option<Pepper>,
    old: Vec<Pepper>,
}

/// One pepper, with an id that stands in each hash that was made with it.
#[derive(Clone)]
pub struct Pepper {
    id: String,
    secret: Zeroizing<Vec<u8>>,
}

impl Pepper {
    /// A pepper from the configuration.
    ///
    /// # Errors
    ///
    /// If it has not 32 to 64 bytes, or the id is not 1 to 8 of `A-Za-z0-9-_`.
    pub fn new(id: &str, secret: &[u8]) -> Result<Self, ConfigError> {
        let complain = |why: String| ConfigError::new(ConfigErrorKind::Key, why);
        if !is_id(id) {
            return Err(complain(format!(
                "`{}` is not a valid id of a pepper; give 1 to {MAX_ID_LEN} of `A-Za-z0-9-_`, such as `2026-11`",
                id.escape_default()
            )));
        }
        if !(MIN_LEN..=MAX_LEN).contains(&secret.len()) {
            let (id, len) = (id, secret.len());
            return Err(complain(format!(
                "the pepper `{id}` has {len} bytes; give 32 random ones (`openssl rand 32`)"
            )));
        }
        Ok(Self { id: id.to_owned(), secret: Zeroizing::new(secret.to_vec()) })
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }
}

impl Peppers {
    /// New hashes are made with `active`.
    #[must_use]
    pub fn new(active: Pepper) -> Self {
        Self { active: Some(active), old: Vec::new() }
    }

    /// Knows hashes that were made with `old` too. Without an active one these are made anew without any.
    ///
    /// # Errors
    ///
    /// If another pepper has its id.
    pub fn with_old(mut self, old: Pepper) -> Result<Self, ConfigError> {
        if self.find(&old.id).is_some() {
            let text = format!("two peppers have the id `{}`; give each its own", old.id);
            return Err(ConfigError::new(ConfigErrorKind::Key, text));
        }
        self.old.push(old);
        Ok(self)
    }

    /// The one that new hashes are made with.
    #[must_use]
    pub fn active(&self) -> Option<&Pepper> {
        self.active.as_ref()
    }

    /// What tells the peppers apart, the active one first: to be [recorded](crate::key_ids::record), so that a node does
    /// not start without a pepper that hashes were made with. Each is the id and a keyed digest, since two peppers may
    /// have been given one id.
    ///
    /// # Examples
    ///
    /// Of an old one that is to go, count the hashes that name it first; then delete its record.
    ///
    /// ```
    /// use auth_issuer::accounts::AccountAdmin;
    /// use auth_issuer::hashing::{Pepper, Peppers};
    /// use auth_issuer::key_ids::{self, KeyIdStore as _};
    /// use auth_issuer::{MemoryStore, StoreError};
    ///
    /// async fn hashes_under(store: &impl AccountAdmin, pepper: &str) -> Result<usize, StoreError> {
    ///     let (mut offset, mut count) = (0, 0);
    ///     loop {
    ///         let page = store.list_accounts(offset, 500).await?;
    ///         if page.is_empty() {
    ///             return Ok(count);
    ///         }
    ///         offset += page.len() as u64;
    ///         let hashes = page.iter().filter_map(|account| account.password_hash());
    ///         count += hashes.filter(|hash| hash.pepper_id() == Some(pepper)).count();
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let store = MemoryStore::new();
    /// let (old, new) = (Peppers::new(Pepper::new("2025", &[1; 32])?), Pepper::new("2026", &[2; 32])?);
    /// key_ids::record(&store, "pepper", old.ids()).await?;
    /// let alone = Peppers::new(new.clone());
    /// assert!(key_ids::record(&store, "pepper", alone.ids()).await.is_err(), "hashes may need the other one");
    ///
    /// if hashes_under(&store, "2025").await? == 0 {
    ///     for id in old.ids() {
    ///         store.delete_key_id("pepper", &id).await?;
    ///     }
    /// }
    /// key_ids::record(&store, "pepper", alone.ids()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn ids(&self) -> impl Iterator<Item = String> {
        self.active.iter().chain(&self.old).map(|pepper| recorded(&pepper.id, &pepper.secret, "auth-issuer pepper"))
    }

    /// The pepper with that id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Pepper> {
        self.active.iter().chain(&self.old).find(|pepper| pepper.id == id)
    }
}

pub(super) fn is_id(id: &str) -> bool {
    (1..=MAX_ID_LEN).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// The secret is not shown.
impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pepper").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_secrets_are_checked() {
        for id in ["", "2026-11-2", "a b", "a$", "a,b", "\u{e4}"] {
            assert!(Pepper::new(id, &[1; 32]).is_err(), "{id}");
        }
        for len in [0, 31, 65] {
            assert!(Pepper::new("a", &vec![1; len]).is_err(), "{len}");
        }
        let one = Pepper::new("2026-11", &[1; 32]).expect("good");
        assert!(Peppers::new(one.clone()).with_old(one.clone()).is_err(), "one id twice");
        assert_eq!(format!("{one:?}"), r#"Pepper { id: "2026-11", .. }"#);
    }

    #[test]
    fn ids_tell_peppers_of_one_id_apart_and_begin_with_the_active_one() {
        let pepper = |id, byte| Pepper::new(id, &[byte; 32]).expect("good");
        let ids = |peppers: Peppers| peppers.ids().collect::<Vec<_>>();
        let both = ids(Peppers::new(pepper("b", 2)).with_old(pepper("a", 1)).expect("another id"));
        assert!(both[0].starts_with("b.") && both[1].starts_with("a."), "{both:?}");
        assert_eq!(ids(Peppers::new(pepper("a", 1))), both[1..]);
        assert_ne!(ids(Peppers::new(pepper("a", 2))), both[1..]);
        assert_eq!(ids(Peppers::default()), [""; 0]);
    }
}
