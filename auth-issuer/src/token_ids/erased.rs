//! A store of any type, for services that have other parameters already.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use auth_core::StoreError;

use super::store::TokenIdStore;

/// Some store of token ids.
pub(crate) type SomeTokenIds = Arc<dyn AnyTokenIds>;

pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + 'a>>;

pub(crate) trait AnyTokenIds: Send + Sync {
    fn spend<'a>(&'a self, kind: &'static str, id: &'a str, expires_at: SystemTime) -> Answer<'a>;
    fn is_spent<'a>(&'a self, kind: &'static str, id: &'a str) -> Answer<'a>;
}

impl<S: TokenIdStore> AnyTokenIds for S {
    fn spend<'a>(&'a self, kind: &'static str, id: &'a str, expires_at: SystemTime) -> Answer<'a> {
        Box::pin(self.spend_token_id(kind, id, expires_at))
    }

    fn is_spent<'a>(&'a self, kind: &'static str, id: &'a str) -> Answer<'a> {
        Box::pin(self.is_token_id_spent(kind, id))
    }
}
