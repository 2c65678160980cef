//! API keys in memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::fmt;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use auth_core::api_keys::{ApiKeyRecord, ApiKeyStore, StoreError};
use auth_core::cache::Revocations;
use auth_core::credential::ApiKeyId;

/// The records of API keys in the memory of one process, for tests, demonstrations and services with a fixed list
/// of keys. The keys themselves are not kept.
///
/// It answers at once, and what is revoked is unknown from the next request on. Nothing is kept when the process
/// ends, and another process sees nothing of it. Share it as an [`Arc`](std::sync::Arc).
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use auth_core::api_keys::{ApiKeyRecord, ApiKeyVerifier};
/// use auth_core::credential::{ApiKey, ApiKeyPrefix};
/// use auth_core::Facts;
/// use auth_issuer::MemoryApiKeys;
///
/// let prefix = ApiKeyPrefix::new("acme")?;
/// let key = ApiKey::generate(&prefix)?;
///
/// let keys = Arc::new(MemoryApiKeys::new());
/// let record = ApiKeyRecord::new(key.as_ref(), Facts::new("alice").with_scopes(["items:read"]));
/// keys.insert(record.clone())?;
/// assert!(keys.insert(record).is_err(), "the id is taken");
/// let verifier = ApiKeyVerifier::new(prefix, Arc::clone(&keys));
///
/// assert!(keys.revoke(&key.as_ref().id()));
/// assert!(!keys.revoke(&key.as_ref().id()), "there is none any more");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct MemoryApiKeys {
    records: RwLock<HashMap<ApiKeyId, ApiKeyRecord>>,
    revocations: Revocations,
}

/// Another key has this id. Ids are random, so the same record was inserted twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DuplicateApiKey;

impl MemoryApiKeys {
    /// A store without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the record of a key.
    ///
    /// # Errors
    ///
    /// [`DuplicateApiKey`] if there is a key of that id.
    pub fn insert(&self, record: ApiKeyRecord) -> Result<(), DuplicateApiKey> {
        match self.write().entry(record.id().clone()) {
            Entry::Occupied(_) => Err(DuplicateApiKey),
            Entry::Vacant(entry) => {
                entry.insert(record);
                Ok(())
            }
        }
    }

    /// Removes the record of a key; says whether there was one. From now on the key is unknown.
    pub fn revoke(&self, id: &ApiKeyId) -> bool {
        let was_there = self.write().remove(id).is_some();
        self.revocations.revoke_credential(id.as_str());
        was_there
    }

    /// The ids of all keys, in order.
    #[must_use]
    pub fn ids(&self) -> Vec<ApiKeyId> {
        let mut ids: Vec<_> = self.read().keys().cloned().collect();
        ids.sort_unstable();
        ids
    }

    /// Nothing panics while the lock is held, so the table is right even in a poisoned one.
    fn read(&self) -> RwLockReadGuard<'_, HashMap<ApiKeyId, ApiKeyRecord>> {
        self.records.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<ApiKeyId, ApiKeyRecord>> {
        self.records.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ApiKeyStore for MemoryApiKeys {
    fn find_now(&self, id: &ApiKeyId) -> Option<Option<ApiKeyRecord>> {
        Some(self.read().get(id).cloned())
    }

    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> {
        Ok(self.read().get(&id).cloned())
    }

    fn revocations(&self) -> Option<Revocations> {
        Some(self.revocations.clone())
    }
}

impl fmt::Debug for MemoryApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryApiKeys").field("len", &self.read().len()).finish()
    }
}

impl fmt::Display for DuplicateApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another API key has this id")
    }
}

impl Error for DuplicateApiKey {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::SystemTime;

    use auth_core::api_keys::ApiKeyVerifier;
    use auth_core::credential::{ApiKey, ApiKeyPrefix};
    use auth_core::{Attempt, Facts, Reason, Source, Verifier as _};

    use super::*;

    fn prefix() -> ApiKeyPrefix {
        ApiKeyPrefix::new("demo").expect("a prefix")
    }

    fn key() -> ApiKey {
        ApiKey::generate(&prefix()).expect("randomness")
    }

    fn record(key: &ApiKey) -> ApiKeyRecord {
        ApiKeyRecord::new(key.as_ref(), Facts::new("alice"))
    }

    #[test]
    fn answers_at_once_until_the_key_is_revoked() {
        let (keys, key) = (Arc::new(MemoryApiKeys::new()), key());
        keys.insert(record(&key)).expect("new");
        let verifier = ApiKeyVerifier::new(prefix(), Arc::clone(&keys));
        let attempt = Attempt::new(SystemTime::UNIX_EPOCH, Source::Unknown);
        let ask = || verifier.try_verify(&key.as_ref(), &attempt).expect("at once");

        assert_eq!(ask().expect("good").facts().subject, "alice");
        assert!(keys.revoke(&key.as_ref().id()));
        assert_eq!(ask().expect_err("revoked").reason(), Reason::UNKNOWN_CREDENTIAL);
        assert!(!keys.revoke(&key.as_ref().id()));
    }

    #[tokio::test]
    async fn both_ways_to_ask_answer_the_same() {
        let (keys, known, unknown) = (MemoryApiKeys::new(), key(), key());
        keys.insert(record(&known)).expect("new");
        for (key, is_known) in [(known, true), (unknown, false)] {
            let id = key.as_ref().id();
            assert_eq!(keys.find_now(&id).expect("at once").is_some(), is_known);
            assert_eq!(keys.find(id).await.expect("an answer").is_some(), is_known);
        }
    }

    #[test]
    fn refuses_a_second_record_of_one_id() {
        let (keys, key) = (MemoryApiKeys::new(), key());
        keys.insert(record(&key)).expect("new");
        let error = keys.insert(record(&key).disabled(true)).expect_err("a duplicate");
        assert_eq!(error, DuplicateApiKey);
        assert_eq!(keys.ids(), [key.as_ref().id()]);
    }

    #[test]
    fn lists_ids_in_order() {
        let keys = MemoryApiKeys::new();
        let mut ids: Vec<_> = (0..5)
            .map(|_| {
                let key = key();
                keys.insert(record(&key)).expect("new");
                key.as_ref().id()
            })
            .collect();
        ids.sort_unstable();
        assert_eq!(keys.ids(), ids);
    }

    #[test]
    fn prints_no_record() {
        let keys = MemoryApiKeys::new();
        keys.insert(record(&key())).expect("new");
        assert_eq!(format!("{keys:?}"), "MemoryApiKeys { len: 1 }");
    }
}
