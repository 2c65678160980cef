//! Removal of what has expired.

use std::time::SystemTime;

use auth_core::StoreError;

use super::{MemoryStore, lock};
use crate::sweep::SweepStore;

impl SweepStore for MemoryStore {
    async fn sweep(&self, now: SystemTime, limit: u32) -> Result<u64, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let removed = [
            lock(&self.0.chains).sweep(now, limit),
            lock(&self.0.keys).sweep(now, limit),
            lock(&self.0.one_time).sweep(now, limit),
            lock(&self.0.sessions).sweep(now, limit),
            lock(&self.0.throttle).sweep(now, limit),
            lock(&self.0.token_ids).sweep(now, limit),
        ];
        Ok(removed.into_iter().fold(0_u64, |sum, n| sum.saturating_add(u64::try_from(n).unwrap_or(u64::MAX))))
    }
}
