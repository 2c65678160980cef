//! Credentials for tests: tokens, API keys, `Authorization` values.

mod api_keys;
#[cfg(feature = "jwt")]
mod draft;
#[cfg(feature = "jwt")]
mod minter;

pub use api_keys::TestApiKeys;
#[cfg(feature = "jwt")]
pub use draft::TokenDraft;
#[cfg(feature = "jwt")]
pub use minter::Minter;

use base64::prelude::{BASE64_STANDARD, Engine as _};

/// The value of an `Authorization` field with a bearer token.
///
/// ```
/// assert_eq!(auth_test::bearer("mF_9.B5f-4.1JqM"), "Bearer mF_9.B5f-4.1JqM");
/// ```
#[must_use]
pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// The value of an `Authorization` field with a user name and a password.
///
/// ```
/// assert_eq!(auth_test::basic("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
/// ```
#[must_use]
pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
}
