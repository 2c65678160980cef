//! How keys look.

use auth_core::credential::{ApiKey, ApiKeyPrefix, Credential as _};
use auth_core::{ConfigError, ConfigErrorKind, RandomnessError};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use zeroize::Zeroizing;

use crate::randomness;
use crate::secret::{Secret, SecretDigest};

/// How the keys of a service look: how they are made, and which texts can be one.
///
/// # Security
///
/// A key needs at least 128 bits from the operating system's randomness, since nobody counts wrong ones. A text that
/// [`recognise`](Self::recognise) turns away is refused before the store is asked.
pub trait KeyFormat: Send + Sync + 'static {
    /// Makes a key: its public id, and its text.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness.
    fn generate(&self) -> Result<NewKey, RandomnessError>;

    /// Whether a text can be such a key.
    fn recognise(&self, text: &str) -> bool;
}

/// A key that was just made.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "what a format makes")]
pub struct NewKey {
    /// The public id; unique. Not a secret.
    pub id: String,
    /// The key in clear.
    pub text: Zeroizing<String>,
}

/// This project's own format (see [`ApiKey`]): the id is part of the key.
impl KeyFormat for ApiKeyPrefix {
    fn generate(&self) -> Result<NewKey, RandomnessError> {
        let key = ApiKey::generate(self)?;
        Ok(NewKey { id: key.as_ref().id().as_str().to_owned(), text: Zeroizing::new(key.reveal().to_owned()) })
    }

    fn recognise(&self, text: &str) -> bool {
        ApiKey::parse(text.as_bytes()).is_ok_and(|key| key.prefix() == self.as_str())
    }
}

/// A prefix and 256 random bits in 43 characters of base64url, such as `sk_` and the rest. The id is not part of the key.
///
/// # Examples
///
/// ```
/// use auth_issuer::api_keys::{KeyFormat as _, PrefixedSecret};
///
/// let format = PrefixedSecret::new("sk_")?;
/// let key = format.generate()?;
/// assert!(key.text.starts_with("sk_") && key.text.len() == 46 && format.recognise(&key.text));
/// assert!(!format.recognise("sk_short"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PrefixedSecret(String);

impl PrefixedSecret {
    /// Keys with this prefix, which compares with case.
    ///
    /// # Errors
    ///
    /// If it is empty, longer than 32 characters, or has others than visible ASCII.
    pub fn new(prefix: &str) -> Result<Self, ConfigError> {
        if prefix.is_empty() || prefix.len() > 32 || !prefix.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ConfigError::new(
                ConfigErrorKind::ApiKeyPrefix,
                format!(
                    "`{}` is not a valid prefix of keys; use 1 to 32 visible ASCII characters, like `sk_`",
                    prefix.escape_default()
                ),
            ));
        }
        Ok(Self(prefix.to_owned()))
    }
}

impl KeyFormat for PrefixedSecret {
    fn generate(&self) -> Result<NewKey, RandomnessError> {
        let mut id = [0_u8; 16];
        randomness::fill(&mut id)?;
        let secret = Secret::generate()?;
        let mut text = Zeroizing::new(String::with_capacity(self.0.len().saturating_add(Secret::LEN)));
        text.push_str(&self.0);
        text.push_str(secret.reveal());
        Ok(NewKey { id: BASE64_URL_SAFE_NO_PAD.encode(id), text })
    }

    fn recognise(&self, text: &str) -> bool {
        text.strip_prefix(&self.0).is_some_and(|secret| SecretDigest::of_presented(secret).is_some())
    }
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey").field("id", &self.id).finish_non_exhaustive()
    }
}
