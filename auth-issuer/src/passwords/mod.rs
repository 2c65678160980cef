//! Passwords: the verifier for Basic, and what sets and changes them.

mod change;
mod check;
mod common;
mod notices;
mod policy;
mod reset;
mod verifier;

pub use change::{PasswordChange, Passwords};
pub(crate) use check::{Checked, PasswordCheck, Worth};
pub use notices::{Notice, PasswordMails, PlainPasswordMails};
pub use policy::{BreachCheck, PasswordPolicy, PolicyViolation};
pub use reset::{PasswordReset, ResetBegun, ResetCompleted};
pub use verifier::PasswordVerifier;

use auth_core::Reason;

/// The reason of a request that is answered with 503 because a password hash could not be computed.
pub const HASH_FAILED: Reason = Reason::custom("hash_failed");
