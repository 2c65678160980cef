//! The sign-in: password, then state, then second factor, then a new password where one is due.
//!
//! The order is fixed, so that no answer tells more than the caller has proved. Unknown names, wrong passwords,
//! accounts without a password and those that the service's own [check](SignIn::admit_only_if) turns away are one
//! outcome and cost one hash; that an account is suspended, or needs a code, is said only after the right password. Where
//! an endpoint does not say it even then, tell the sign-in [so](SignIn::show_only): or the limits on guessing would.

mod obstacle;
mod outcome;
mod pending;
mod request;
mod service;

pub use obstacle::Obstacle;
pub use outcome::{Granted, SignInOutcome};
pub use pending::PendingToken;
pub use request::SignInRequest;
pub use service::SignIn;
