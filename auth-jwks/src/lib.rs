//! Keys and answers from elsewhere: what a resource server asks an identity provider.
//!
//! | item | what it does | standard |
//! | --- | --- | --- |
//! | [`RemoteKeySet`] | fetches the keys that verify tokens, from an address or by discovery | RFC 7517 §5, OIDC Discovery 1.0 |
//! | [`IntrospectionVerifier`] | asks the provider about opaque tokens | RFC 7662 |
//! | [`Fetch`], `HttpFetch` | how both of them reach the provider | |
//!
//! The idea that runs through the crate: a provider is somebody else's computer. It is slow, down, wrong or hostile
//! at times, and whoever can send a request can make us ask it. So everything that it sends is bounded, it is asked
//! rarely, requests that do not need it never wait for it, and "the provider does not answer" (503) is never taken
//! for "the token is bad" (401), nor the other way round.
//!
//! # Examples
//!
//! Tokens of an OIDC provider, by the keys that it publishes:
//!
//! ```no_run
//! use auth_core::jwt::{JwtAlgorithm, JwtVerifier};
//! use auth_jwks::RemoteKeySet;
//!
//! # fn main() -> Result<(), auth_core::ConfigError> {
//! let keys = RemoteKeySet::discover("https://issuer.example").algorithms([JwtAlgorithm::Rs256]).build()?;
//!
//! // Optional: have the keys before the first request comes. Without it the first request waits for them.
//! let early = keys.clone();
//! tokio::spawn(async move { early.refresh().await });
//!
//! let tokens = JwtVerifier::builder()
//!     .issuer("https://issuer.example")
//!     .audience("api.example")
//!     .key_source(keys.clone())
//!     .build()?;
//!
//! // For the readiness probe: whether known tokens can be verified now.
//! let is_ready = keys.is_ready();
//! # Ok(())
//! # }
//! ```
//!
//! Opaque tokens, which only their issuer can read:
//!
//! ```no_run
//! use auth_jwks::IntrospectionVerifier;
//!
//! # fn main() -> Result<(), auth_core::ConfigError> {
//! # let secret = String::new();
//! let tokens = IntrospectionVerifier::at("https://issuer.example/introspect")
//!     .client("api", secret)
//!     .audience("api.example")
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! Either one goes to `.bearer(tokens)` of a [`Realm`](auth_core::Realm)'s builder.
//!
//! # Limits
//!
//! See the tables of [`keys`] and [`introspection`]. Every answer: status 200, at most 256 KiB, within 2 seconds;
//! no redirect is followed.
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `aws-lc-rs` | signatures by aws-lc-rs; builds C | yes |
//! | `rust-crypto` | signatures by the RustCrypto crates; pure Rust | no |
//! | `http-client` | `HttpFetch` on reqwest and rustls; builds C. Without it, bring your own [`Fetch`] | yes |
//! | `metrics` | `metrics`: counters and gauges through the crate of that name | no |
//!
//! # Deployment
//!
//! Everything here needs a tokio runtime with time enabled, which `#[tokio::main]` gives. `HttpFetch` trusts the
//! certificates that the operating system trusts, and ignores `HTTPS_PROXY`: keys come from where you said, or not
//! at all.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(doctest, feature = "http-client"))]
#[doc = include_str!("../README.md")]
struct Readme;

mod address;
pub mod fetch;
pub mod introspection;
pub mod keys;
#[cfg(feature = "metrics")]
pub mod metrics;
mod text;

#[cfg(feature = "http-client")]
pub use fetch::HttpFetch;
pub use fetch::{Fetch, FetchError};
pub use introspection::IntrospectionVerifier;
pub use keys::RemoteKeySet;
