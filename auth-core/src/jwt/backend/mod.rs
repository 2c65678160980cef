//! The signature check of the chosen backend.
//!
//! Keys are parsed when they are made, and not at each check. The process-wide provider of `jsonwebtoken` is not used:
//! another dependency may have set it, or nobody at all.

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc-rs")))]
mod library;
#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
mod missing;

#[cfg(feature = "aws-lc-rs")]
pub(super) use aws_lc::Material;
#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc-rs")))]
pub(super) use library::Material;
#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
pub(super) use missing::Material;

/// What a key is made of.
#[derive(Clone, Copy)]
pub(super) enum Parts<'k> {
    /// A public key of RFC 8032.
    Edwards(&'k [u8]),
    /// An uncompressed point of an elliptic curve (SEC 1 §2.3.3).
    Point(&'k [u8]),
    /// Two numbers, big-endian, without leading zeros.
    Rsa { modulus: &'k [u8], exponent: &'k [u8] },
    /// A shared secret.
    Secret(&'k [u8]),
}
