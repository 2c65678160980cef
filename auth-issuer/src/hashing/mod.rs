//! Password hashes: Argon2id (RFC 9106) in PHC strings.
//!
//! Everything here computes and nothing waits: run it through the [hash pool](crate::hash_pool), never on a thread
//! that serves requests. One hash takes about as long as a thousand signatures, on purpose.
//!
//! Verifying takes its costs from the *stored* hash. Whoever can plant one could make every sign-in cost gigabytes,
//! so a stored string is parsed strictly, with [ceilings](HashParams#ceilings), before any memory is allocated.
//!
//! Peppers are optional: a secret that the store does not have, and that goes into every hash. See [`pepper`].
//!
//! # Imported hashes
//!
//! Hashes of other systems are verified where a feature says so, and replaced at the owner's next sign-in:
//!
//! | feature | stored strings | ceilings |
//! | --- | --- | --- |
//! | `bcrypt` | `$2a$`, `$2b$`, `$2y$`; a password over 72 bytes never matches | cost 14 |
//! | `scrypt` | PHC: `$scrypt$ln=..,r=..,p=..$salt$tag` | 256 MiB; `p` 16 |
//! | `pbkdf2` | PHC: `$pbkdf2-sha256$i=..,l=..$salt$tag`, `$pbkdf2-sha512$..` | 2,000,000 rounds |

mod imported;
pub(crate) mod memory;
mod params;
mod password_hash;
pub mod pepper;

pub use params::HashParams;
pub use password_hash::PasswordHash;
#[doc(inline)]
pub use pepper::{Pepper, Peppers};

use std::error::Error;
use std::fmt;

/// The longest password that is hashed, in bytes. A longer one never matches and is never stored.
pub const MAX_PASSWORD_LEN: usize = 1024;

/// A hash that cannot be computed or is not accepted. Quotes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashError {
    kind: HashErrorKind,
    cause: Option<getrandom::Error>,
}

/// What is wrong with a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashErrorKind {
    /// The stored string is not a complete, canonical PHC string with parameters that Argon2 allows.
    Malformed,
    /// There is no memory for the computation.
    OutOfMemory,
    /// The password is longer than [`MAX_PASSWORD_LEN`].
    PasswordTooLong,
    /// The operating system has no randomness for a salt.
    Randomness,
    /// The stored parameters are over the [ceilings](HashParams#ceilings).
    TooCostly,
    /// The hash was made with a [pepper] that is not among those that are known here.
    UnknownPepper,
    /// The stored string is of another algorithm or version than `$argon2id$v=19$`.
    Unsupported,
}

impl HashError {
    pub(crate) fn new(kind: HashErrorKind) -> Self {
        Self { kind, cause: None }
    }

    pub(crate) fn no_randomness(cause: getrandom::Error) -> Self {
        Self { kind: HashErrorKind::Randomness, cause: Some(cause) }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> HashErrorKind {
        self.kind
    }
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            HashErrorKind::Malformed => "the stored password hash is malformed",
            HashErrorKind::OutOfMemory => "no memory for a password hash",
            HashErrorKind::PasswordTooLong => "the password is longer than 1,024 bytes",
            HashErrorKind::Randomness => "no randomness for a salt",
            HashErrorKind::TooCostly => "the stored password hash is too costly to compute",
            HashErrorKind::UnknownPepper => "the pepper of the stored password hash is not known",
            HashErrorKind::Unsupported => "the stored password hash is not of Argon2id, version 19",
        })
    }
}

impl Error for HashError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| -> &(dyn Error + 'static) { cause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_why_there_is_no_randomness() {
        let error = HashError::no_randomness(getrandom::Error::UNSUPPORTED);
        assert_eq!(error.kind(), HashErrorKind::Randomness);
        let source = error.source().expect("a cause").to_string();
        assert_eq!(source, getrandom::Error::UNSUPPORTED.to_string());
        assert!(HashError::new(HashErrorKind::OutOfMemory).source().is_none());
    }
}
