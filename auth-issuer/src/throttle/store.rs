//! What a store of counters has to do.

use std::future::Future;
use std::time::SystemTime;

use auth_core::StoreError;

use super::rule::{CounterKey, Reserved, Rule, Settled};

/// Keeps counters of failed attempts, with the arithmetic of [`Counter`](super::Counter).
///
/// # Errors
///
/// Every verb fails with [`StoreError`] if the store cannot tell: the attempt is answered with 503.
///
/// # Security
///
/// An attacker chooses the keys: a store bounds its rows, without a sweep too. Where it is full it drops those first that
/// say nothing any more, whether they have refused somebody or not; then those that refuse nobody, by the end of their
/// windows; and those that still refuse somebody last. In another order a flood that is over would go on ending limits.
pub trait ThrottleStore: Send + Sync + 'static {
    /// Asks for a place under one counter, in one statement: of any number of attempts at once no more are admitted
    /// than the rule allows.
    fn reserve(
        &self,
        key: CounterKey,
        rule: Rule,
        now: SystemTime,
    ) -> impl Future<Output = Result<Reserved, StoreError>> + Send;

    /// Whether the counters are those of this process, and another one would count apart. Where a service has
    /// [several nodes](crate::Nodes::Several) that is refused.
    fn counts_in_process(&self) -> bool;

    /// Settles an attempt that was admitted.
    fn settle(
        &self,
        key: CounterKey,
        rule: Rule,
        settled: Settled,
        now: SystemTime,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
