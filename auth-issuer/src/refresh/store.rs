//! What a store of refresh chains has to do.

use std::future::Future;
use std::time::SystemTime;

use auth_core::StoreError;

use super::chain::{Chain, ChainEnd, SealedToken};
use crate::secret::SecretDigest;

/// One exchange of a token for its successor.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the arguments of one verb, which stores take apart")]
pub struct Rotation {
    /// The chain.
    pub chain: String,
    /// The token that is exchanged: it has to be the current one still.
    pub from: SecretDigest,
    /// Its successor.
    pub to: SecretDigest,
    /// The successor, sealed, where there is a grace period.
    pub sealed: Option<SealedToken>,
    /// The time of the request.
    pub now: SystemTime,
    /// From when on the successor is refused.
    pub idle_expires_at: SystemTime,
}

/// Keeps refresh chains.
///
/// # Errors
///
/// Every verb fails with [`StoreError`] if the store cannot tell. A rotation that may or may not have happened is such a
/// failure: the client tries again, and is served if it had not.
pub trait ChainStore: Send + Sync + 'static {
    /// Adds a chain.
    fn insert_chain(&self, chain: Chain) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Finds the chain that a token belongs to: as its current one, or as one that was exchanged, however long ago.
    /// Ended and expired chains are found too.
    fn find_chain(&self, token: &SecretDigest) -> impl Future<Output = Result<Option<Chain>, StoreError>> + Send;

    /// Exchanges the current token if it is still `from`, and the chain has neither ended nor expired; says whether it
    /// was. In the same transaction the spent token is remembered as one of the chain.
    fn rotate_chain(&self, rotation: Rotation) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Ends a chain, unless it has ended; says whether it did.
    fn end_chain(
        &self,
        chain: &str,
        end: ChainEnd,
        now: SystemTime,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Ends, as [replaced](ChainEnd::Replaced), the chains of one account and client that began before `chain` did, by
    /// `auth_time`, then by `expires_at`, then by id; and `chain` itself, where one with a greater id, and the same times, has
    /// neither ended nor expired. So of sign-ins at the same moment one survives, whichever is stored first. One that began
    /// later does not end it by this: a clock may have been ahead then. Returns how many.
    fn replace_chains(&self, chain: &Chain, now: SystemTime) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// The chains of an account that have neither ended nor expired, the latest first. Their epochs may be old.
    fn list_chains(
        &self,
        account: &str,
        now: SystemTime,
    ) -> impl Future<Output = Result<Vec<Chain>, StoreError>> + Send;
}
