//! A store of any type, for services that have other parameters already.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use auth_core::StoreError;

use super::store::{OneTimeRecord, OneTimeStore, Purpose, Slot};
use crate::secret::SecretDigest;

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Some store of one-time secrets.
#[derive(Clone)]
pub(crate) struct SomeOneTimeStore(Arc<dyn AnyStore>);

impl SomeOneTimeStore {
    pub(crate) fn new(store: impl OneTimeStore) -> Self {
        Self(Arc::new(store))
    }
}

trait AnyStore: Send + Sync {
    fn insert(&self, record: OneTimeRecord, slot: Slot, now: SystemTime) -> Answer<'_, bool>;
    fn find<'a>(
        &'a self,
        purpose: Purpose,
        digest: &'a SecretDigest,
        now: SystemTime,
    ) -> Answer<'a, Option<OneTimeRecord>>;
    fn redeem<'a>(&'a self, record: &'a OneTimeRecord, now: SystemTime) -> Answer<'a, bool>;
}

impl<S: OneTimeStore> AnyStore for S {
    fn insert(&self, record: OneTimeRecord, slot: Slot, now: SystemTime) -> Answer<'_, bool> {
        Box::pin(self.insert_one_time(record, slot, now))
    }

    fn find<'a>(
        &'a self,
        purpose: Purpose,
        digest: &'a SecretDigest,
        now: SystemTime,
    ) -> Answer<'a, Option<OneTimeRecord>> {
        Box::pin(self.find_one_time(purpose, digest, now))
    }

    fn redeem<'a>(&'a self, record: &'a OneTimeRecord, now: SystemTime) -> Answer<'a, bool> {
        Box::pin(self.redeem_one_time(record, now))
    }
}

impl OneTimeStore for SomeOneTimeStore {
    async fn insert_one_time(&self, record: OneTimeRecord, slot: Slot, now: SystemTime) -> Result<bool, StoreError> {
        self.0.insert(record, slot, now).await
    }

    async fn find_one_time(
        &self,
        purpose: Purpose,
        digest: &SecretDigest,
        now: SystemTime,
    ) -> Result<Option<OneTimeRecord>, StoreError> {
        self.0.find(purpose, digest, now).await
    }

    async fn redeem_one_time(&self, record: &OneTimeRecord, now: SystemTime) -> Result<bool, StoreError> {
        self.0.redeem(record, now).await
    }
}
