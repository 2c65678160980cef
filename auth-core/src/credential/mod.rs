//! Credentials: what a request presents, not yet believed (RFC 9110 §11.4).
//!
//! The wire form is parsed once, into a type; everything after that may rely on it. Parsing borrows from the
//! request; only a verifier that has to wait takes an owned copy, which is wiped on drop.

mod api_key;
mod basic;
mod bearer;
mod opaque;

pub use api_key::{ApiKey, ApiKeyId, ApiKeyPrefix, ApiKeyRef};
pub use basic::{BasicCredentials, Password};
pub use bearer::{BearerRef, BearerToken};
pub use opaque::{OpaqueRef, OpaqueToken};

use std::error::Error;
use std::fmt;

/// The longest credential that is looked at, in bytes, before any decoding.
pub const MAX_CREDENTIAL_LEN: usize = 8 * 1024;

/// A kind of credential, parsed from the bytes that carry it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a credential",
    label = "a scheme cannot carry this",
    note = "leave `credential = ..` out for an `OpaqueToken`, name `BearerToken`, `BasicCredentials` or `ApiKey`, or implement `Credential` for `{Self}`"
)]
pub trait Credential: Send + Sized + 'static {
    /// The parsed form; it may borrow from the request.
    type Parsed<'r>;

    /// Parses the bytes that carry the credential: what follows `Bearer ` or `Basic `, or a whole header,
    /// parameter or cookie value. Outer white space is removed already; the length is at most
    /// [`MAX_CREDENTIAL_LEN`].
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the bytes are not a credential of this kind. The request is then refused; no other scheme
    /// gets to try.
    fn parse(raw: &[u8]) -> Result<Self::Parsed<'_>, Malformed>;

    /// Copies what is borrowed, for a verifier that has to wait.
    fn into_owned(parsed: Self::Parsed<'_>) -> Self;
}

/// Bytes that are not a credential of the kind they were presented as. Quotes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed credentials")
    }
}

impl Error for Malformed {}
