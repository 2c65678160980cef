//! Keys that sign tokens, and rings of them that can be rotated without downtime.
//!
//! One key of a ring signs; the others verify what they have signed before. Every key has an id, and every token
//! names the key that signed it. A ring publishes public keys only: there is no way to write a private part but
//! [`SigningKey::reveal_pem`].
//!
//! # Rotation
//!
//! 1. [`KeyRing::rotate`] to the new key: it signs from now on, the old one still verifies.
//! 2. When the last token of the old key has expired, [`KeyRing::retire`] it.
//!
//! Where verifiers fetch the key set, let them see the new key first: [`KeyRing::announce`] it, and some minutes later
//! [`KeyRing::activate`] it by its id, in place of the first step.

mod ring;
mod signing;
mod thumbprint;

pub use ring::KeyRing;
pub use signing::{SigningError, SigningKey};

#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
compile_error!("the feature `jwt` needs a backend: enable `aws-lc-rs` or `rust-crypto`");

#[cfg(test)]
#[cfg(feature = "aws-lc-rs")]
mod tests;
