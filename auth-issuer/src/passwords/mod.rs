//! Passwords: the verifier for Basic.

mod check;
mod verifier;

pub(crate) use check::{Checked, PasswordCheck};
pub use verifier::PasswordVerifier;

use auth_core::Reason;

/// The reason of a request that is answered with 503 because a password hash could not be computed.
pub const HASH_FAILED: Reason = Reason::custom("hash_failed");
