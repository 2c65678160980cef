//! Secrets that are made here: 256 bits, shown once, stored as a digest.
//!
//! Refresh tokens, one-time secrets and session ids are such secrets. A store keeps [`SecretDigest`]s and finds rows by
//! them; what it keeps opens nothing (RFC 6749 §10.10 asks for a chance to guess of 2^-128 at most).

use auth_core::RandomnessError;
use std::fmt;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::randomness;

/// A secret of 256 random bits, written as 43 characters of base64url.
///
/// # Security
///
/// `Debug` prints a placeholder, it cannot be compared, and this copy is wiped on drop.
///
/// # Examples
///
/// ```
/// use auth_issuer::secret::{Secret, SecretDigest};
///
/// let secret = Secret::generate()?;
/// assert_eq!(secret.reveal().len(), Secret::LEN);
/// assert_eq!(SecretDigest::of_presented(secret.reveal()), Some(secret.digest()));
/// assert_eq!(SecretDigest::of_presented("too short"), None);
/// # Ok::<(), auth_core::RandomnessError>(())
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The length of every secret, in characters.
    pub const LEN: usize = 43;

    /// Makes a new secret.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness.
    pub fn generate() -> Result<Self, RandomnessError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        randomness::fill(bytes.as_mut_slice())?;
        Ok(Self::from_bytes(&bytes))
    }

    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The secret in clear, to be handed to its owner once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What a store keeps of it.
    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The SHA-256 of a secret: what stores keep, and find rows by.
///
/// No secret by itself, but nobody's business: `Debug` prints a placeholder. Comparison is in constant time.
#[expect(clippy::derived_hash_with_manual_eq, reason = "equal digests have equal bytes")]
#[derive(Clone, Copy, Hash)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// The digest of anything that is secret.
    #[must_use]
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// The digest of what a request presents as a [`Secret`]; `None` if it does not have the form of one, so that a
    /// store need not be asked.
    #[must_use]
    pub fn of_presented(text: &str) -> Option<Self> {
        let is_canonical = text.len() == Secret::LEN && BASE64_URL_SAFE_NO_PAD.decode(text).is_ok();
        is_canonical.then(|| Self::of(text.as_bytes()))
    }

    /// A digest as a store has kept it.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A digest as [`to_text`](Self::to_text) has written it; `None` if it is not one.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The digest as 43 characters of base64url, for a column of a database.
    #[must_use]
    pub fn to_text(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The digest as bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for SecretDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretDigest {}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_spelling_of_a_secret_has_a_digest() {
        let secret = Secret::from_bytes(&[0xff; 32]);
        assert_eq!(SecretDigest::of_presented(secret.reveal()), Some(secret.digest()));
        for other in [
            "",
            secret.reveal().strip_prefix('_').expect("43 underscores and one 8"),
            &format!("{}=", secret.reveal()),
            &secret.reveal().replace('8', "9"), // the same bytes, other trailing bits
            &secret.reveal().replace('_', "/"),
        ] {
            assert_eq!(SecretDigest::of_presented(other), None, "{other}");
        }
    }

    #[test]
    fn a_digest_survives_its_column() {
        let digest = SecretDigest::of(b"secret");
        assert_eq!(SecretDigest::from_text(&digest.to_text()), Some(digest));
        assert_eq!(SecretDigest::from_text("short"), None);
    }

    #[test]
    fn neither_prints() {
        let secret = Secret::from_bytes(&[7; 32]);
        assert_eq!(format!("{secret:?} {:?}", secret.digest()), "Secret(..) SecretDigest(..)");
    }
}
