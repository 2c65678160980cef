//! The verifier of [`ApiKey`]s in this project's format.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use crate::cache::{Caching, Revocations};
use crate::claims::Claims;
use crate::credential::{ApiKey, ApiKeyId, ApiKeyPrefix, ApiKeyRef};
use crate::facts::Facts;
pub use crate::store_error::StoreError;
use crate::verified::Verified;
use crate::verifier::{Attempt, Reason, Verifier, VerifyError};

/// What is stored of an API key. The key itself is not: only its digest.
///
/// # Examples
///
/// ```
/// use auth_core::Facts;
/// use auth_core::api_keys::ApiKeyRecord;
/// use auth_core::credential::{ApiKey, ApiKeyPrefix};
///
/// let key = ApiKey::generate(&ApiKeyPrefix::new("acme")?)?;
/// // The store keeps the record; its owner sees `key.reveal()` once.
/// let record = ApiKeyRecord::new(key.as_ref(), Facts::new("alice").with_scopes(["items:read"]));
/// assert!(!format!("{record:?}").contains(key.reveal()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ApiKeyRecord {
    id: ApiKeyId,
    digest: Digest,
    facts: Facts,
    claims: Claims,
    is_disabled: bool,
}

/// Not a secret by itself, but nobody's business.
#[derive(Clone)]
struct Digest([u8; 32]);

impl ApiKeyRecord {
    /// The record of `key`, which acts for the party that `facts` describes. An
    /// [expiry](Facts::with_expiry) in the facts is the key's.
    #[must_use]
    pub fn new(key: ApiKeyRef<'_>, facts: Facts) -> Self {
        Self::from_digest(key.id(), key.digest(), facts)
    }

    /// The record of a key of which the digest is known, as a store reads it.
    #[must_use]
    pub fn from_digest(id: ApiKeyId, digest: [u8; 32], facts: Facts) -> Self {
        let facts = facts.with_credential_id(id.as_str());
        Self { id, digest: Digest(digest), facts, claims: Claims::new(), is_disabled: false }
    }

    /// Adds attributes that a principal can be made of.
    #[must_use]
    pub fn with_claims(mut self, claims: Claims) -> Self {
        self.claims = claims;
        self
    }

    /// Sets whether the key is refused for now.
    #[must_use]
    pub fn disabled(mut self, is_disabled: bool) -> Self {
        self.is_disabled = is_disabled;
        self
    }

    /// The public id of the key, by which stores find the record.
    #[must_use]
    pub fn id(&self) -> &ApiKeyId {
        &self.id
    }

    /// The SHA-256 of the key.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest.0
    }

    /// Whom the key acts for, and until when.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The attributes that a principal can be made of.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Whether the key is refused for now.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.is_disabled
    }

    fn admit(self, key: ApiKeyRef<'_>, now: SystemTime) -> Result<Verified<Claims>, VerifyError> {
        if !key.matches(&self.digest.0) {
            return Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL));
        }
        if self.is_disabled {
            return Err(VerifyError::refused(Reason::REVOKED));
        }
        if self.facts.expires_at.is_some_and(|expiry| now >= expiry) {
            return Err(VerifyError::refused(Reason::EXPIRED));
        }
        Ok(Verified::new(self.facts, self.claims))
    }
}

/// Finds the records of API keys by their public ids.
///
/// # Examples
///
/// ```
/// use std::collections::HashMap;
/// use auth_core::api_keys::{ApiKeyRecord, ApiKeyStore, StoreError};
/// use auth_core::credential::ApiKeyId;
///
/// struct Records(HashMap<String, ApiKeyRecord>);
///
/// impl ApiKeyStore for Records {
///     // Where a database does not answer, `Err(StoreError::new(error))`: 503, and nobody passes.
///     async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> {
///         Ok(self.0.get(id.as_str()).cloned())
///     }
/// }
/// ```
pub trait ApiKeyStore: Send + Sync + 'static {
    /// Finds a record at once, if the store can: `Some` is the answer, `None` asks for [`find`](Self::find).
    fn find_now(&self, id: &ApiKeyId) -> Option<Option<ApiKeyRecord>> {
        let _ = id;
        None
    }

    /// Finds a record.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot tell: the request is answered with 503.
    fn find(&self, id: ApiKeyId) -> impl Future<Output = Result<Option<ApiKeyRecord>, StoreError>> + Send;

    /// Who withdraws what was read from the store; `None`, where nobody does, means that nothing is cached.
    fn revocations(&self) -> Option<Revocations> {
        None
    }
}

impl<S: ApiKeyStore> ApiKeyStore for Arc<S> {
    fn find_now(&self, id: &ApiKeyId) -> Option<Option<ApiKeyRecord>> {
        S::find_now(self, id)
    }

    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> {
        S::find(self, id).await
    }

    fn revocations(&self) -> Option<Revocations> {
        S::revocations(self)
    }
}

/// Believes API keys of one prefix whose record a store has.
///
/// The value of what it verifies is the record's [`Claims`].
///
/// # Security
///
/// A key of another form or prefix is refused before the store is asked. The digest is computed and compared,
/// in constant time, for unknown ids as well.
///
/// # Examples
///
/// ```
/// use auth_core::api_keys::{ApiKeyRecord, ApiKeyStore, ApiKeyVerifier, StoreError};
/// use auth_core::credential::{ApiKey, ApiKeyId, ApiKeyPrefix};
/// use auth_core::Facts;
///
/// struct One(ApiKeyId, ApiKeyRecord);
/// impl ApiKeyStore for One {
///     async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> {
///         Ok((id == self.0).then(|| self.1.clone()))
///     }
/// }
///
/// let prefix = ApiKeyPrefix::new("acme")?;
/// let key = ApiKey::generate(&prefix)?;
/// let record = ApiKeyRecord::new(key.as_ref(), Facts::new("alice").with_scopes(["items:read"]));
/// let verifier = ApiKeyVerifier::new(prefix, One(key.as_ref().id(), record));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ApiKeyVerifier<S> {
    prefix: ApiKeyPrefix,
    store: S,
}

impl<S: ApiKeyStore> ApiKeyVerifier<S> {
    /// A verifier of keys with `prefix` whose records are in `store`.
    #[must_use]
    pub fn new(prefix: ApiKeyPrefix, store: S) -> Self {
        Self { prefix, store }
    }

    fn judge(
        record: Option<ApiKeyRecord>,
        key: ApiKeyRef<'_>,
        attempt: &Attempt,
    ) -> Result<Verified<Claims>, VerifyError> {
        let Some(record) = record else {
            // The work of a known id.
            let _ = key.matches(&[0; 32]);
            return Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL));
        };
        record.admit(key, attempt.now)
    }
}

impl<S: ApiKeyStore> Verifier<ApiKey> for ApiKeyVerifier<S> {
    type Value = Claims;

    fn try_verify(&self, key: &ApiKeyRef<'_>, attempt: &Attempt) -> Option<Result<Verified<Claims>, VerifyError>> {
        if key.prefix() != self.prefix.as_str() {
            return Some(Err(VerifyError::refused(Reason::WRONG_PREFIX)));
        }
        let record = self.store.find_now(&key.id())?;
        Some(Self::judge(record, *key, attempt))
    }

    async fn verify(&self, key: ApiKey, attempt: Attempt) -> Result<Verified<Claims>, VerifyError> {
        if key.as_ref().prefix() != self.prefix.as_str() {
            return Err(VerifyError::refused(Reason::WRONG_PREFIX));
        }
        let record = self.store.find(key.as_ref().id()).await?;
        Self::judge(record, key.as_ref(), &attempt)
    }

    fn caching(&self) -> Option<Caching> {
        self.store.revocations().map(Caching::of_secrets)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_shows_all_that_a_store_keeps() {
        let key = ApiKey::from_parts(&ApiKeyPrefix::new("acme").expect("a good prefix"), [1; 16], &[2; 32]);
        let facts = Facts::new("alice").with_scopes(["items:read"]);
        let claims = Claims::new().with("plan", "gold");
        let record = ApiKeyRecord::new(key.as_ref(), facts).with_claims(claims.clone());
        assert!(record.claims() == &claims && !record.is_disabled());

        let disabled = record.disabled(true);
        let copy = ApiKeyRecord::from_digest(disabled.id().clone(), *disabled.digest(), disabled.facts().clone())
            .with_claims(disabled.claims().clone())
            .disabled(disabled.is_disabled());
        let refused = copy.admit(key.as_ref(), SystemTime::UNIX_EPOCH).expect_err("a disabled key");
        assert_eq!(refused.reason(), Reason::REVOKED);
    }
}
