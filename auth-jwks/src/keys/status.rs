//! How a remote key set is doing.

use std::time::Duration;

/// Numbers about a [`RemoteKeySet`](super::RemoteKeySet), for metrics and readiness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeySetStatus {
    /// Whether the keys may be used now.
    pub is_ready: bool,
    /// How many keys the last good set has.
    pub keys: usize,
    /// How long ago the last good set was fetched; `None` if none was.
    pub age: Option<Duration>,
    /// How often the provider was asked. With discovery one question takes two documents.
    pub fetches: u64,
    /// How many of these got no answer, or one that cannot be used.
    pub failures: u64,
}
