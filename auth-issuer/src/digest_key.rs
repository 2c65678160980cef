//! Keyed digests: what is counted and logged in place of names.
//!
//! A plain digest of a name is as good as the name, since names can be guessed. With a key that only this service has,
//! a digest tells whether two names are the same and nothing else.

use std::fmt;

use auth_core::{ConfigError, ConfigErrorKind, RandomnessError};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::randomness;

/// The key of digests (HMAC-SHA-256). Nodes that share counters need the same key.
///
/// # Examples
///
/// ```
/// use auth_issuer::DigestKey;
///
/// let own = DigestKey::random()?;
/// assert_eq!(format!("{own:?}"), "DigestKey(..)");
/// assert!(DigestKey::new(b"too short").is_err());
/// # Ok::<(), auth_core::RandomnessError>(())
/// ```
#[derive(Clone)]
pub struct DigestKey(Zeroizing<[u8; 32]>);

impl DigestKey {
    /// The shortest key, in bytes.
    pub const MIN_LEN: usize = 32;

    /// A random key: digests of this process compare with one another only.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness.
    pub fn random() -> Result<Self, RandomnessError> {
        let mut key = Zeroizing::new([0_u8; 32]);
        randomness::fill(key.as_mut_slice())?;
        Ok(Self(key))
    }

    /// A key from the configuration, for nodes that share counters.
    ///
    /// # Errors
    ///
    /// If it is shorter than [`MIN_LEN`](Self::MIN_LEN).
    pub fn new(secret: &[u8]) -> Result<Self, ConfigError> {
        if secret.len() < Self::MIN_LEN {
            return Err(ConfigError::new(
                ConfigErrorKind::Key,
                format!(
                    "the digest key has {} bytes; give {} random ones (`openssl rand 32`)",
                    secret.len(),
                    Self::MIN_LEN
                ),
            ));
        }
        Ok(Self(Zeroizing::new(hmac_sha256(secret, &[b"auth-issuer digest key"]))))
    }

    /// A key that is no secret, where nobody but this process reads the digests.
    pub(crate) fn fixed() -> Self {
        Self(Zeroizing::new([0; 32]))
    }

    /// What tells this key from others, to be [recorded](crate::key_ids::record): nodes with different keys count apart.
    #[must_use]
    pub fn id(&self) -> String {
        short(&self.digest("key id", &[]))
    }

    /// The digest of some parts, apart from those of every other domain.
    pub(crate) fn digest(&self, domain: &str, parts: &[&[u8]]) -> [u8; 32] {
        let lengths: Vec<[u8; 8]> =
            parts.iter().map(|part| u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes()).collect();
        let mut message: Vec<&[u8]> = vec![domain.as_bytes(), &[0]];
        for (length, part) in lengths.iter().zip(parts) {
            message.extend([length.as_slice(), part]);
        }
        hmac_sha256(self.0.as_slice(), &message)
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(..)")
    }
}

/// The first 96 bits of a digest as text: enough to tell keys apart.
fn short(digest: &[u8; 32]) -> String {
    let (first, _) = digest.split_at(12);
    BASE64_URL_SAFE_NO_PAD.encode(first)
}

/// What tells a key with an id from others, of which one may have been given the same id: to be recorded.
pub(crate) fn recorded(id: &str, secret: &[u8], kind: &str) -> String {
    format!("{id}.{}", short(&hmac_sha256(secret, &[kind.as_bytes()])))
}

/// HMAC-SHA-256 (RFC 2104) of parts, one after the other.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { unreachable!("HMAC takes keys of any length") };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_and_parts_are_kept_apart() {
        let key = DigestKey::new(&[7; 32]).expect("long enough");
        let digests = [
            key.digest("a", &[b"b", b"c"]),
            key.digest("a", &[b"bc"]),
            key.digest("a", &[b"bc", b""]),
            key.digest("ab", &[b"c"]),
            DigestKey::new(&[8; 32]).expect("long enough").digest("a", &[b"b", b"c"]),
        ];
        for (at, one) in digests.iter().enumerate() {
            assert!(digests.iter().skip(at + 1).all(|other| other != one), "{at}");
        }
    }

    /// RFC 4231 §4.3.
    #[test]
    fn computes_hmac_as_the_rfc_shows() {
        let tag = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(tag[..4], [0x5b, 0xdc, 0xc1, 0x46]);
    }
}
