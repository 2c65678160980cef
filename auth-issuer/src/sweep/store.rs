//! What a store has to do.

use std::future::Future;
use std::time::SystemTime;

use auth_core::StoreError;

/// Removes rows that mean nothing any more.
pub trait SweepStore: Send + Sync + 'static {
    /// Removes at most `limit` rows of each kind that have expired, and returns how many it removed. Safe to run on any
    /// number of nodes at once; what is removed was refused before and is refused after.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store does not answer.
    fn sweep(&self, now: SystemTime, limit: u32) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
