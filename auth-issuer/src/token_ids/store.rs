//! What a store of token ids has to do.

use std::future::Future;
use std::time::SystemTime;

use auth_core::StoreError;
use auth_core::cache::Revocations;

/// Remembers the ids of signed tokens (`jti`) that are spent or withdrawn, until they expire by themselves.
///
/// # Errors
///
/// Every verb fails with [`StoreError`] if the store cannot tell.
pub trait TokenIdStore: Send + Sync + 'static {
    /// Spends an id until `expires_at`; says whether it was not spent before. Of two requests at once exactly one is
    /// told so.
    ///
    /// `kind` keeps the ids of different kinds of token apart: lower case with underscores, at most 32 characters.
    fn spend_token_id(
        &self,
        kind: &'static str,
        id: &str,
        expires_at: SystemTime,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Whether an id is spent.
    fn is_token_id_spent(&self, kind: &'static str, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Who withdraws what was read of ids; `None`, where nobody does, means that no token is [cached](auth_core::cache)
    /// whose id has to be looked up.
    ///
    /// A store that has one [revokes the credential](Revocations::revoke_credential), by the id, after it has spent one,
    /// before it reports it as spent.
    fn revocations(&self) -> Option<Revocations> {
        None
    }
}
