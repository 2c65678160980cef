//! Limits on guessing.
//!
//! [`Throttle`] is what services ask; [`ThrottleStore`] is what keeps the counters. Only what can be guessed is counted:
//! passwords, codes, and requests for mail. A bad token or API key never is.

mod reservation;
mod rule;
mod rules;
mod service;
mod store;

pub use reservation::Reservation;
pub use rule::{Counter, CounterKey, LEASE, Reserved, Rule, Settled};
pub use rules::ThrottleRules;
pub use service::{Admission, Throttle};
pub use store::ThrottleStore;
