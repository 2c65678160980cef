//! A store of API keys that a test fills.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auth_core::Facts;
use auth_core::api_keys::{ApiKeyRecord, ApiKeyStore, ApiKeyVerifier, StoreError};
use auth_core::credential::{ApiKey, ApiKeyId, ApiKeyPrefix, Credential as _};
use auth_core::{ConfigError, ConfigErrorKind};

/// API keys in memory: made by a test, found by its verifier. Clones share the keys.
///
/// # Examples
///
/// ```
/// use auth_axum::Facts;
/// use auth_test::TestApiKeys;
///
/// let keys = TestApiKeys::new("demo")?;
/// let key = keys.mint(Facts::new("alice").with_scopes(["items:read"]));
/// assert!(key.starts_with("demo_"));
/// assert_ne!(key, keys.mint(Facts::new("alice")));
///
/// // `Realm::builder("api").api_key(ApiKeyIn::header("X-API-TOKEN"), keys.verifier())` believes both.
/// # let _verifier = keys.verifier();
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TestApiKeys {
    prefix: ApiKeyPrefix,
    records: Arc<Mutex<Records>>,
}

/// What is known of each key: its number, and its record.
type Records = BTreeMap<ApiKeyId, (u64, ApiKeyRecord)>;

impl TestApiKeys {
    /// No keys yet; those to come begin with `prefix`.
    ///
    /// # Errors
    ///
    /// If `prefix` is not the prefix of an API key.
    pub fn new(prefix: &str) -> Result<Self, ConfigError> {
        Ok(Self { prefix: ApiKeyPrefix::new(prefix)?, records: Arc::default() })
    }

    /// Makes a key that acts for the party that `facts` describes.
    ///
    /// The first key of every store is the same, and so on: tests need no randomness.
    #[must_use]
    pub fn mint(&self, facts: Facts) -> String {
        self.mint_with(facts, |record| record)
    }

    /// Makes a key whose record is changed before it is stored: disabled, or with claims.
    #[must_use]
    pub fn mint_with(&self, facts: Facts, change: impl FnOnce(ApiKeyRecord) -> ApiKeyRecord) -> String {
        let mut records = self.records();
        let number = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let key = numbered(&self.prefix, number, SECRET);
        records.insert(key.as_ref().id(), (number, change(ApiKeyRecord::new(key.as_ref(), facts))));
        key.reveal().to_owned()
    }

    /// A key in the right form that no record is of.
    #[must_use]
    pub fn unknown(&self) -> String {
        numbered(&self.prefix, u64::MAX, SECRET).reveal().to_owned()
    }

    /// A key in the right form with the id of `key` and another secret: what guesses look like.
    ///
    /// # Errors
    ///
    /// If `key` is none of this project's API keys. The guess at a key that is not in the store is one as well.
    pub fn guess_at(&self, key: &str) -> Result<String, ConfigError> {
        let id = self.id_of(key)?;
        let number = self.records().get(&id).map_or(u64::MAX, |(number, _)| *number);
        Ok(numbered(&self.prefix, number, SECRET.map(u8::reverse_bits)).reveal().to_owned())
    }

    /// The public id of a key, for a store that treats it differently.
    ///
    /// # Errors
    ///
    /// If `key` is none of this project's API keys.
    pub fn id_of(&self, key: &str) -> Result<ApiKeyId, ConfigError> {
        ApiKey::parse(key.as_bytes())
            .map(|key| key.id())
            .map_err(|malformed| ConfigError::new(ConfigErrorKind::Key, malformed.to_string()).with_source(malformed))
    }

    /// A verifier that believes the keys, also those that are made later.
    #[must_use]
    pub fn verifier(&self) -> ApiKeyVerifier<Self> {
        ApiKeyVerifier::new(self.prefix.clone(), self.clone())
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The secret of every key: what is tested is not how hard it is to guess.
const SECRET: [u8; 32] = *b"not a secret: it is in a source.";

/// The key of that number.
fn numbered(prefix: &ApiKeyPrefix, number: u64, secret: [u8; 32]) -> ApiKey {
    let id = (u128::from(number) << 64) | 0x5eed;
    ApiKey::from_parts(prefix, id.to_be_bytes(), &secret)
}

impl ApiKeyStore for TestApiKeys {
    fn find_now(&self, id: &ApiKeyId) -> Option<Option<ApiKeyRecord>> {
        Some(self.records().get(id).map(|(_, record)| record.clone()))
    }

    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> {
        Ok(self.records().get(&id).map(|(_, record)| record.clone()))
    }
}
