//! Decides who may pass: credentials, schemes, verifiers, facts, policies, refusals and realms.
//!
//! This crate knows no web framework, no runtime and no database. Adapters such as `auth-axum` give it a
//! [`RequestHead`] and turn its [`Refusal`]s into responses; the attribute macros give it [`Policy`]s as constant
//! data. A request goes one way:
//!
//! ```text
//! RequestHead -> Scheme -> Credential -> Verifier -> Verified { facts, value } -> Policy -> Verdict or Refusal
//! ```
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `jwt` | [`jwt`]: JSON Web Tokens; needs one of the two backends | no |
//! | `aws-lc-rs` | signatures by aws-lc-rs; builds C; preferred where both are enabled | no |
//! | `rust-crypto` | signatures by the RustCrypto crates; pure Rust | no |
//! | `metrics` | [`mod@metrics`]: counters and durations through the crate of that name | no |
//! | `test-util` | what the test kit needs to make principals up; not for releases | no |
//!
//! Enabling a feature never changes what is accepted.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

extern crate self as auth_core;

pub mod api_keys;
pub mod cache;
pub mod catalogue;
pub mod claims;
pub mod credential;
pub mod decision;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod openapi;
pub mod policy;
pub mod principal;
pub mod refusal;
pub mod verifier;

#[doc(hidden)]
#[path = "adapter.rs"]
pub mod __adapter;
#[doc(hidden)]
pub mod __private;
mod challenge;
mod clock;
mod config_error;
mod evaluate;
mod extract;
mod facts;
mod head;
mod map_facts;
mod meter;
mod oauth_json;
mod randomness;
mod realm;
mod reason;
mod scheme;
mod source;
mod store_error;
mod text;
mod verified;
mod verify_error;

pub use auth_macros::{CorePrincipal as Principal, CoreScheme as Scheme};

pub use catalogue::catalogue;
pub use challenge::ChallengeForm;
pub use claims::Claims;
pub use clock::{Clock, SystemClock};
pub use config_error::{ConfigError, ConfigErrorKind};
pub use facts::{Factor, Facts};
pub use head::{Essentials, RequestHead};
pub use oauth_json::OAuthJson;
pub use policy::{EndpointPolicy, Policy};
pub use principal::{Principal, PrincipalError};
pub use randomness::RandomnessError;
pub use realm::{AnyRealm, CacheCounts, Realm, RealmBuilder};
pub use refusal::{Body, ProblemJson, Refusal, RefusalKind, RefusalView, Renderer};
pub use scheme::{ApiKeyIn, Basic, Bearer, Carrier, Scheme, SchemeId};
pub use source::{ClientSource, Source};
pub use store_error::StoreError;
pub use text::Text;
pub use verified::Verified;
pub use verifier::{Attempt, Reason, Verifier, VerifyError, VerifyErrorKind};

#[cfg(all(feature = "jwt", not(any(feature = "aws-lc-rs", feature = "rust-crypto"))))]
compile_error!("the feature `jwt` needs a backend: enable `aws-lc-rs` or `rust-crypto`");
