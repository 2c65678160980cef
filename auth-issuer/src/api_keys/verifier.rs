//! The service as a verifier, of keys in whatever credential carries them.

use auth_core::cache::Caching;
use auth_core::credential::{ApiKey, BearerToken, OpaqueToken};
use auth_core::{Attempt, Reason, Verified, Verifier, VerifyError};

use super::record::OwnedKey;
use super::service::ApiKeys;
use super::store::KeyStore;
use crate::accounts::{Account, AccountStore};
use crate::secret::SecretDigest;

/// A key that was used, and its owner as it is now: the value that [`ApiKeys`] verifies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeyUse {
    /// The key.
    pub key: OwnedKey,
    /// Its owner.
    pub account: Account,
    pub(super) may_make_another: bool,
}

impl<K: KeyStore, A: AccountStore> ApiKeys<K, A> {
    async fn check(&self, text: &str, attempt: &Attempt) -> Result<Verified<KeyUse>, VerifyError> {
        if !self.recognise(text) {
            return Err(VerifyError::refused(Reason::MALFORMED));
        }
        let digest = SecretDigest::of(text.as_bytes());
        let key = self.find_by_digest(&digest).await?.filter(|key| key.digest == digest);
        let key = key.ok_or_else(|| VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))?;
        let line = self.line_of(key, attempt.now).await?;
        if let Some(reason) = line.refusal(attempt.now) {
            return Err(self.refused(line.key(), reason, attempt).await);
        }
        let Some(account) = self.owner_of(&line).await? else {
            return Err(self.refused(line.key(), Reason::ACCOUNT_STATE, attempt).await);
        };
        if let Some(retry_after) = self.is_used_too_often(&line, attempt).await? {
            return Err(VerifyError::throttled(retry_after));
        }
        self.touch(line.key(), attempt).await?;
        let (facts, may_make_another) = (self.facts(&line, &account), line.has_room());
        Ok(Verified::new(facts, KeyUse { key: line.into_key(), account, may_make_another }))
    }

    /// Records that a key came whose secret is right. One that nobody has is guessing, and told as a decision only.
    async fn refused(&self, key: &OwnedKey, reason: Reason, attempt: &Attempt) -> VerifyError {
        match self.record_refusal(key, reason, attempt).await {
            Ok(()) => VerifyError::refused(reason),
            Err(unavailable) => unavailable.into(),
        }
    }

    /// For 60 seconds, if one and the same tells of changes of keys and of their owners, and uses need not be counted.
    fn tells_of_changes(&self) -> Option<Caching> {
        if self.has_rate() {
            return None;
        }
        let (keys, accounts) = self.revocations();
        keys.zip(accounts)
            .filter(|(keys, accounts)| keys.is_same_as(accounts))
            .map(|(keys, _)| Caching::of_secrets(keys))
    }
}

/// For keys of this project's own format.
impl<K: KeyStore, A: AccountStore> Verifier<ApiKey> for ApiKeys<K, A> {
    type Value = KeyUse;

    async fn verify(&self, key: ApiKey, attempt: Attempt) -> Result<Verified<KeyUse>, VerifyError> {
        self.check(key.reveal(), &attempt).await
    }

    fn caching(&self) -> Option<Caching> {
        self.tells_of_changes()
    }
}

/// For keys that travel as bearer tokens.
impl<K: KeyStore, A: AccountStore> Verifier<BearerToken> for ApiKeys<K, A> {
    type Value = KeyUse;

    async fn verify(&self, key: BearerToken, attempt: Attempt) -> Result<Verified<KeyUse>, VerifyError> {
        self.check(key.as_ref().reveal(), &attempt).await
    }

    fn caching(&self) -> Option<Caching> {
        self.tells_of_changes()
    }
}

/// For keys of any format in a header of their own.
impl<K: KeyStore, A: AccountStore> Verifier<OpaqueToken> for ApiKeys<K, A> {
    type Value = KeyUse;

    async fn verify(&self, key: OpaqueToken, attempt: Attempt) -> Result<Verified<KeyUse>, VerifyError> {
        self.check(key.as_ref().reveal(), &attempt).await
    }

    fn caching(&self) -> Option<Caching> {
        self.tells_of_changes()
    }
}
