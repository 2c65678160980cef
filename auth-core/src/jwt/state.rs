//! Whether a token that was good when it was issued has been withdrawn since.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::cache::Revocations;
use crate::claims::Claims;
use crate::facts::Facts;
use crate::store_error::StoreError;

/// Says whether tokens are still alive. Asked after signature and claims are found good.
///
/// # Examples
///
/// ```
/// use std::collections::HashSet;
/// use auth_core::StoreError;
/// use auth_core::jwt::TokenState;
/// use auth_core::{Claims, Facts};
///
/// /// The ids of tokens that were withdrawn.
/// struct Withdrawn(HashSet<String>);
///
/// impl TokenState for Withdrawn {
///     /// A token without an id could not be withdrawn, so none is alive.
///     async fn is_alive(&self, token: &Facts, _: &Claims) -> Result<bool, StoreError> {
///         Ok(token.credential_id.as_deref().is_some_and(|id| !self.0.contains(id)))
///     }
/// }
/// ```
pub trait TokenState: Send + Sync + 'static {
    /// Whether the token of these facts and claims is alive: its id is
    /// [`credential_id`](Facts::credential_id), its owner [`subject`](Facts::subject).
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be told: the request is answered with 503, never let through.
    fn is_alive(&self, token: &Facts, claims: &Claims) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Who says that a token has died; `None`, where nobody does, means that nothing is cached.
    fn revocations(&self) -> Option<Revocations> {
        None
    }
}

/// States are shared as they are.
impl<S: TokenState> TokenState for Arc<S> {
    async fn is_alive(&self, token: &Facts, claims: &Claims) -> Result<bool, StoreError> {
        S::is_alive(self, token, claims).await
    }

    fn revocations(&self) -> Option<Revocations> {
        S::revocations(self)
    }
}

/// A state of any type.
pub(super) trait AnyState: Send + Sync {
    fn is_alive<'a>(
        &'a self,
        token: &'a Facts,
        claims: &'a Claims,
    ) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + 'a>>;

    fn revocations(&self) -> Option<Revocations>;
}

impl<S: TokenState> AnyState for S {
    fn is_alive<'a>(
        &'a self,
        token: &'a Facts,
        claims: &'a Claims,
    ) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + 'a>> {
        Box::pin(TokenState::is_alive(self, token, claims))
    }

    fn revocations(&self) -> Option<Revocations> {
        TokenState::revocations(self)
    }
}
