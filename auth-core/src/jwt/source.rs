//! Where a verifier finds its keys, if not in a set of its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::key::JwtKey;
use crate::cache::Revocations;
use crate::store_error::StoreError;

/// What a token says of the key that it wants. Nothing of it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WantedKey {
    /// The `alg` of the token.
    pub algorithm: String,
    /// The `kid` of the token.
    pub id: Option<String>,
}

/// The answer of a source that need not wait.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a source answers with one of these three")]
pub enum KeyLookup {
    /// The key.
    Found(JwtKey),
    /// There is no such key, and asking again now would not help.
    Unknown,
    /// Only [`JwtKeySource::find`] can tell.
    Ask,
}

/// A source of keys that may change while the program runs, such as a remote key set.
pub trait JwtKeySource: Send + Sync + 'static {
    /// Looks for a key at once.
    fn find_now(&self, wanted: &WantedKey) -> KeyLookup;

    /// Looks for a key, waiting if need be; `None` if there is no such key.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the source cannot tell: the request is answered with 503.
    fn find(&self, wanted: WantedKey) -> impl Future<Output = Result<Option<JwtKey>, StoreError>> + Send;

    /// Who says that a key is gone, so that what it has signed is not [believed from memory](crate::cache) any more.
    /// Where nobody does, that ends within a minute by itself.
    fn revocations(&self) -> Option<Revocations> {
        None
    }
}

/// Sources are shared as they are.
impl<S: JwtKeySource> JwtKeySource for Arc<S> {
    fn find_now(&self, wanted: &WantedKey) -> KeyLookup {
        S::find_now(self, wanted)
    }

    async fn find(&self, wanted: WantedKey) -> Result<Option<JwtKey>, StoreError> {
        S::find(self, wanted).await
    }

    fn revocations(&self) -> Option<Revocations> {
        S::revocations(self)
    }
}

/// A source of any type.
pub(super) trait AnySource: Send + Sync {
    fn find_now(&self, wanted: &WantedKey) -> KeyLookup;
    fn find(&self, wanted: WantedKey) -> PendingKey<'_>;
    fn revocations(&self) -> Option<Revocations>;
}

pub(super) type PendingKey<'s> = Pin<Box<dyn Future<Output = Result<Option<JwtKey>, StoreError>> + Send + 's>>;

impl<S: JwtKeySource> AnySource for S {
    fn find_now(&self, wanted: &WantedKey) -> KeyLookup {
        JwtKeySource::find_now(self, wanted)
    }

    fn find(&self, wanted: WantedKey) -> PendingKey<'_> {
        Box::pin(JwtKeySource::find(self, wanted))
    }

    fn revocations(&self) -> Option<Revocations> {
        JwtKeySource::revocations(self)
    }
}
