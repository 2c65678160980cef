//! JSON Web Tokens (RFC 7519), verified by the rules of RFC 8725.
//!
//! A token is believed if its signature is by a known key under that key's one algorithm, and its claims name an
//! allowed issuer, an allowed audience, and times that hold. Nothing in the token chooses how it is checked.
//!
//! ```
//! use std::time::Duration;
//! use auth_core::jwt::{JwtKey, JwtVerifier};
//!
//! let verifier = JwtVerifier::builder()
//!     .issuer("https://issuer.example")
//!     .audience("api.example")
//!     .key(JwtKey::hs256(b"a secret of at least 32 random bytes")?)
//!     .leeway(Duration::from_secs(30))
//!     .build()?;
//!
//! let weak = JwtKey::hs256(b"secret").unwrap_err();
//! assert!(weak.to_string().contains("6 bytes"));
//! # Ok::<(), auth_core::ConfigError>(())
//! ```

mod backend;
mod claims;
mod json;
mod key;
mod token;
mod verifier;

pub use key::{JwtAlgorithm, JwtKey};
pub use verifier::{JwtVerifier, JwtVerifierBuilder};
