//! Several keys, one of which signs.

use auth_core::jwt::{JwtKey, JwtKeySet};
use auth_core::{ConfigError, ConfigErrorKind};

use super::signing::{SigningError, SigningKey};

/// The keys of one kind of token: one signs, all verify.
///
/// # Examples
///
/// ```
/// use auth_core::jwt::{JwtAlgorithm, JwtVerifier};
/// use auth_issuer::keys::{KeyRing, SigningKey};
///
/// let mut ring = KeyRing::new(SigningKey::generate(JwtAlgorithm::EdDsa)?);
/// let before = ring.sign(r#"{"sub":"alice"}"#, None)?;
/// let old = ring.active().id().to_owned();
///
/// ring.rotate(SigningKey::generate(JwtAlgorithm::EdDsa)?)?;
/// assert_eq!(ring.key_set()?.keys().len(), 2, "what was signed before still verifies");
/// assert!(ring.retire(&old));
/// assert!(!ring.retire(ring.active().id().to_owned().as_str()), "the key that signs stays");
/// assert!(!ring.to_jwk_set().contains(r#""d":"#), "private parts stay");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct KeyRing {
    active: SigningKey,
    others: Vec<SigningKey>,
    /// The id of the key that is or was the only one: tokens that name no key are its.
    only: String,
}

impl KeyRing {
    /// A ring of one key, which signs.
    #[must_use]
    pub fn new(active: SigningKey) -> Self {
        let only = active.id().to_owned();
        Self { active, others: Vec::new(), only }
    }

    /// Adds a key that verifies, and is published, but does not sign yet.
    ///
    /// # Errors
    ///
    /// If a key of that id is there.
    pub fn announce(&mut self, key: SigningKey) -> Result<(), ConfigError> {
        self.check_new(&key)?;
        self.others.push(key);
        Ok(())
    }

    /// Lets a new key sign from now on. The old one still verifies.
    ///
    /// # Errors
    ///
    /// If a key of that id is there; one that was announced is [activated](Self::activate).
    pub fn rotate(&mut self, key: SigningKey) -> Result<(), ConfigError> {
        self.check_new(&key)?;
        self.others.push(std::mem::replace(&mut self.active, key));
        Ok(())
    }

    /// Lets a key sign that was announced; says whether there is one of that id.
    pub fn activate(&mut self, id: &str) -> bool {
        let Some(at) = self.others.iter().position(|key| key.id() == id) else { return false };
        let key = self.others.swap_remove(at);
        self.others.push(std::mem::replace(&mut self.active, key));
        true
    }

    /// Removes a key: what it has signed is refused from now on. The key that signs cannot be removed. Says
    /// whether one was.
    pub fn retire(&mut self, id: &str) -> bool {
        let before = self.others.len();
        self.others.retain(|key| key.id() != id);
        if self.others.is_empty() {
            self.active.id().clone_into(&mut self.only);
        }
        self.others.len() != before
    }

    /// The key that signs.
    #[must_use]
    pub fn active(&self) -> &SigningKey {
        &self.active
    }

    /// The ids of all keys, that of the one that signs first: to be [recorded](crate::key_ids::record).
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys().map(SigningKey::id)
    }

    /// Signs a token with the given payload, a JSON object.
    ///
    /// # Errors
    ///
    /// As [`SigningKey::sign`].
    pub fn sign(&self, payload: &str, token_type: Option<&str>) -> Result<String, SigningError> {
        self.active.sign(payload, token_type)
    }

    /// The keys that verify, for a [`JwtVerifier`](auth_core::jwt::JwtVerifier) of the same process.
    ///
    /// # Errors
    ///
    /// If shared secrets stand beside public keys.
    pub fn key_set(&self) -> Result<JwtKeySet, ConfigError> {
        JwtKeySet::new(self.keys().map(SigningKey::verifying_key).map(JwtKey::clone).collect())
    }

    /// The public keys as a document (RFC 7517 §5), for verifiers elsewhere. Shared secrets are left out.
    #[must_use]
    pub fn to_jwk_set(&self) -> String {
        format!("{{\"keys\":[{}]}}", self.public_jwks().join(","))
    }

    /// The key that verifies a token of this algorithm: the one that the token names, or the one that was alone when
    /// tokens did not have to name any.
    pub(crate) fn verifying_key(&self, algorithm: &str, id: Option<&str>) -> Option<JwtKey> {
        let id = id.unwrap_or(&self.only);
        let key = self.keys().find(|key| key.id() == id && key.algorithm().as_str() == algorithm)?;
        Some(key.verifying_key().clone())
    }

    /// Whether there is one key only, so that no token has to name it.
    pub(crate) fn is_single(&self) -> bool {
        self.others.is_empty()
    }

    /// The public keys, each as JSON (RFC 7517 §4). Shared secrets are left out.
    #[must_use]
    pub fn public_jwks(&self) -> Vec<String> {
        self.keys().filter_map(SigningKey::to_public_jwk).collect()
    }

    fn keys(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.active).chain(&self.others)
    }

    fn check_new(&self, key: &SigningKey) -> Result<(), ConfigError> {
        if self.keys().any(|known| known.id() == key.id()) {
            return Err(ConfigError::new(
                ConfigErrorKind::KeySet,
                format!("a key of the id `{}` is in the ring; activate it, or give the new one another id", key.id()),
            ));
        }
        Ok(())
    }
}
