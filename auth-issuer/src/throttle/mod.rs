//! Limits on guessing.

mod rule;
mod store;

pub use rule::{Counter, CounterKey, LEASE, Reserved, Rule, Settled};
pub use store::ThrottleStore;
