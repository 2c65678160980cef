//! Secrets that have to be kept readable are sealed: a store, its backups and its logs hold nothing that opens anything.
//!
//! XChaCha20-Poly1305 with a random nonce, under a key that the store does not have, bound to what the secret is for
//! and to whom it belongs: a sealed secret that is moved to another account cannot be opened.

use std::fmt;

use auth_core::{ConfigError, ConfigErrorKind, RandomnessError};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::digest_key::recorded;
use crate::randomness;
use crate::unavailable::Unavailable;

const NONCE_LEN: usize = 24;
const MAX_ID_LEN: usize = 32;

/// The keys that seal secrets: the first seals, all open.
///
/// # Rotation
///
/// Put the new key first and keep the old one for as long as anything is sealed under it. A
/// [`Resealer`](crate::totp::Resealer) seals second factors anew.
///
/// # Examples
///
/// ```
/// use auth_issuer::sealing::{SealingKey, SealingKeys};
///
/// # let (new, old) = ([1; 32], [2; 32]);
/// let keys = SealingKeys::new(SealingKey::new("2026-11", &new)?).with_old(SealingKey::new("2025-02", &old)?)?;
/// assert!(SealingKey::new("short", b"12345678").is_err());
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SealingKeys {
    active: SealingKey,
    old: Vec<SealingKey>,
}

/// One key of 256 bits with an id, which stands beside what it has sealed.
#[derive(Clone)]
pub struct SealingKey {
    id: String,
    key: Zeroizing<[u8; 32]>,
}

impl SealingKey {
    /// A key from the configuration.
    ///
    /// # Errors
    ///
    /// If it has not 32 bytes, or the id is not 1 to 32 of `A-Za-z0-9-_`.
    pub fn new(id: &str, key: &[u8]) -> Result<Self, ConfigError> {
        let complain = |why: String| ConfigError::new(ConfigErrorKind::Key, why);
        if id.is_empty()
            || id.len() > MAX_ID_LEN
            || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        {
            return Err(complain(format!(
                "`{}` is not a valid id of a sealing key; give 1 to {MAX_ID_LEN} of `A-Za-z0-9-_`, such as `2026-11`",
                id.escape_default()
            )));
        }
        let key = <[u8; 32]>::try_from(key).ok().ok_or_else(|| {
            complain(format!("the sealing key `{id}` has {} bytes; give 32 random ones (`openssl rand 32`)", key.len()))
        })?;
        Ok(Self { id: id.to_owned(), key: Zeroizing::new(key) })
    }

    /// A new random key. What it seals is lost with it: keep it, or use it in tests.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness.
    pub fn random() -> Result<Self, RandomnessError> {
        let mut key = Zeroizing::new([0_u8; 32]);
        randomness::fill(key.as_mut_slice())?;
        Ok(Self { id: "random".to_owned(), key })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.key).into())
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl SealingKeys {
    /// Seals under this key, and opens what it has sealed.
    #[must_use]
    pub fn new(active: SealingKey) -> Self {
        Self { active, old: Vec::new() }
    }

    /// Opens what another key has sealed, too.
    ///
    /// # Errors
    ///
    /// If a key of that id is there.
    pub fn with_old(mut self, key: SealingKey) -> Result<Self, ConfigError> {
        if self.find(&key.id).is_some() {
            let text = format!("there are two sealing keys of the id `{}`; give one of them another id", key.id);
            return Err(ConfigError::new(ConfigErrorKind::KeySet, text));
        }
        self.old.push(key);
        Ok(self)
    }

    /// What tells the keys apart, that of the one that seals first: to be [recorded](crate::key_ids::record). Each is the id
    /// and a keyed digest, since two keys may have been given one id.
    pub fn ids(&self) -> impl Iterator<Item = String> {
        let keys = std::iter::once(&self.active).chain(&self.old);
        keys.map(|key| recorded(&key.id, key.key.as_slice(), "auth-issuer sealing key"))
    }

    /// Seals a secret for a purpose and an owner.
    pub(crate) fn seal(&self, secret: &[u8], purpose: &str, owner: &str) -> Result<String, Unavailable> {
        let mut nonce = [0_u8; NONCE_LEN];
        randomness::fill(&mut nonce)?;
        let context = context(purpose, owner);
        let sealed = self
            .active
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: context.as_bytes() })
            .map_err(|_too_long| Unavailable::new(Unavailable::SEALED, "a secret is too long to be sealed"))?;
        let nonce = BASE64_URL_SAFE_NO_PAD.encode(nonce);
        Ok(format!("x1.{}.{nonce}.{}", self.active.id, BASE64_URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Opens a secret again.
    pub(crate) fn open(&self, sealed: &str, purpose: &str, owner: &str) -> Result<Zeroizing<Vec<u8>>, Unavailable> {
        let cannot = |why: &'static str| Unavailable::new(Unavailable::SEALED, why);
        let mut parts = sealed.split('.');
        let (Some("x1"), Some(id), Some(nonce), Some(body), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(cannot("a sealed secret is malformed"));
        };
        let key = self.find(id).ok_or_else(|| cannot("the key of a sealed secret is not among the sealing keys"))?;
        let decode = |text| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let nonce = decode(nonce).and_then(|nonce| <[u8; NONCE_LEN]>::try_from(nonce).ok());
        let (Some(nonce), Some(body)) = (nonce, decode(body)) else {
            return Err(cannot("a sealed secret is malformed"));
        };
        let context = context(purpose, owner);
        key.cipher()
            .decrypt(&XNonce::from(nonce), Payload { msg: &body, aad: context.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_forged| cannot("a sealed secret was changed, or belongs to another account"))
    }

    /// Whether anything may be sealed under another key than the active one.
    pub(crate) fn has_old(&self) -> bool {
        !self.old.is_empty()
    }

    /// Whether a secret names the active key.
    pub(crate) fn is_under_active(&self, sealed: &str) -> bool {
        let id = sealed.strip_prefix("x1.").and_then(|rest| rest.split('.').next());
        id == Some(self.active.id.as_str())
    }

    fn find(&self, id: &str) -> Option<&SealingKey> {
        std::iter::once(&self.active).chain(&self.old).find(|key| key.id == id)
    }
}

fn context(purpose: &str, owner: &str) -> String {
    format!("{purpose}\0{owner}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, byte: u8) -> SealingKey {
        SealingKey::new(id, &[byte; 32]).expect("good")
    }

    #[test]
    fn opens_only_for_the_same_purpose_and_owner() {
        let keys = SealingKeys::new(key("a", 1));
        let sealed = keys.seal(b"secret", "totp", "1").expect("sealed");
        assert_eq!(keys.open(&sealed, "totp", "1").expect("its own").as_slice(), b"secret");
        for (purpose, owner) in [("totp", "2"), ("other", "1"), ("totp\u{0}1", "")] {
            assert!(keys.open(&sealed, purpose, owner).is_err(), "{purpose} {owner}");
        }
        assert_ne!(sealed, keys.seal(b"secret", "totp", "1").expect("sealed"), "nonces differ");
        assert!(!sealed.contains("secret"));
    }

    #[test]
    fn an_old_key_opens_and_does_not_seal() {
        let old = SealingKeys::new(key("a", 1)).seal(b"secret", "totp", "1").expect("sealed");
        let keys = SealingKeys::new(key("b", 2)).with_old(key("a", 1)).expect("another id");
        assert!(keys.open(&old, "totp", "1").is_ok());
        assert!(keys.seal(b"secret", "totp", "1").expect("sealed").starts_with("x1.b."));
        assert!(SealingKeys::new(key("b", 2)).open(&old, "totp", "1").is_err(), "the key is gone");
        assert!(SealingKeys::new(key("a", 2)).open(&old, "totp", "1").is_err(), "another key of that id");
        assert!(keys.with_old(key("a", 3)).is_err(), "the id is taken");
    }

    #[test]
    fn what_was_changed_cannot_be_opened() {
        let keys = SealingKeys::new(key("a", 1));
        let sealed = keys.seal(b"secret", "totp", "1").expect("sealed");
        for changed in ["", "x1.a", &sealed.replace("x1.", "x2."), &format!("{sealed}.x"), &format!("{sealed}A")] {
            assert!(keys.open(changed, "totp", "1").is_err(), "{changed}");
        }
    }

    #[test]
    fn ids_tell_keys_of_one_id_apart() {
        let ids = |keys: SealingKeys| keys.ids().collect::<Vec<_>>();
        let both = ids(SealingKeys::new(key("b", 2)).with_old(key("a", 1)).expect("another id"));
        assert!(both[0].starts_with("b.") && both[1].starts_with("a."), "{both:?}");
        assert_eq!(ids(SealingKeys::new(key("a", 1))), both[1..]);
        assert_ne!(ids(SealingKeys::new(key("a", 2))), both[1..]);
    }

    #[test]
    fn prints_no_key() {
        assert_eq!(format!("{:?}", key("a", 1)), r#"SealingKey { id: "a", .. }"#);
    }
}
