//! JSON Web Tokens (RFC 7519), verified by the rules of RFC 8725.
//!
//! A token is believed if its signature is by a known key under that key's one algorithm, and its claims name an
//! allowed issuer, an allowed audience, and times that hold. Nothing in the token chooses how it is checked.
//!
//! ```
//! use std::time::Duration;
//! use auth_core::jwt::{JwtKey, JwtVerifier};
//!
//! # let mut secret = [0; 32];
//! # getrandom::fill(&mut secret).unwrap();
//! let verifier = JwtVerifier::builder()
//!     .issuer("https://issuer.example")
//!     .audience("api.example")
//!     .key(JwtKey::hs256(&secret)?)
//!     .leeway(Duration::from_secs(30))
//!     .build()?;
//!
//! let weak = JwtKey::hs256(b"secret").unwrap_err();
//! assert!(weak.to_string().contains("6 bytes"));
//! # Ok::<(), auth_core::ConfigError>(())
//! ```

mod algorithm;
mod backend;
mod base64url;
mod builder;
mod claims;
mod glance;
mod issuers;
mod json;
mod key;
mod memory;
mod names;
mod payload;
mod plain;
mod reading;
mod registered;
mod registered_claims;
mod rules;
mod source;
mod state;
mod token;
mod verifier;

pub use algorithm::JwtAlgorithm;
pub use builder::JwtVerifierBuilder;
pub use issuers::JwtIssuers;
pub use json::NotStrictJson;
pub use key::{JwtKey, JwtKeySet};
pub use registered_claims::{Lifetime, RegisteredClaims};
pub use rules::ClaimRules;
pub use source::{JwtKeySource, KeyLookup, WantedKey};
pub use state::TokenState;
pub use verifier::JwtVerifier;
