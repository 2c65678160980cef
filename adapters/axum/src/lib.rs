//! Protects axum services by one attribute on a handler and one layer on the router.
//!
//! ```
//! use auth_axum::{Auth, AuthLayer, ClientSource, Principal, Realm, Router, get, public, requires_auth};
//! # use auth_core::credential::{BearerToken, Credential};
//! # use auth_core::{Attempt, Claims, Facts, Reason, Verified, Verifier, VerifyError};
//! # struct Tokens;
//! # impl Verifier<BearerToken> for Tokens {
//! #     type Value = Claims;
//! #     async fn verify(&self, token: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
//! #         if token.as_ref().reveal() == "good" { Ok(Verified::new(Facts::new("alice").with_scopes(["items:read"]), Claims::new())) }
//! #         else { Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)) }
//! #     }
//! # }
//!
//! #[derive(Clone, Principal)]
//! struct User {
//!     #[principal(subject)]
//!     id: String,
//! }
//!
//! #[requires_auth(bearer, scope = "items:read")]
//! async fn items(user: Auth<User>) -> String {
//!     format!("the items of {}", user.id)
//! }
//!
//! #[public(reason = "health check")]
//! async fn health() -> &'static str {
//!     "ok"
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let tokens = Tokens;
//! let realm = Realm::<User>::builder("demo").bearer(tokens).build()?;
//! let app = Router::new().route("/items", get(items)).route("/health", get(health)).layer(AuthLayer::new(realm));
//!
//! # use tower::ServiceExt as _;
//! # let app: axum::Router = app.into_axum();
//! let bare = http::Request::get("/items").body(axum::body::Body::empty())?;
//! let refused = app.clone().oneshot(bare).await?;
//! assert_eq!(refused.status(), 401);
//! assert_eq!(refused.headers()["www-authenticate"], r#"Bearer realm="demo""#);
//!
//! let good = http::Request::get("/items").header("authorization", "Bearer good").body(axum::body::Body::empty())?;
//! assert_eq!(app.oneshot(good).await?.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! # What changes for a handler
//!
//! The attribute adds a hidden first parameter, [`Require<..>`](Require), the proof that the handler's policy has
//! let the request pass. axum extracts it before anything else, so the decision comes before path, query and body
//! are looked at. It counts among axum's sixteen parameters, and whoever calls the handler directly has to have one;
//! the test kit makes them. Put the attribute above `#[axum::debug_handler]`.
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `jwt` | JSON Web Tokens; needs one of the two backends | yes |
//! | `aws-lc-rs` | signatures by aws-lc-rs; builds C | yes |
//! | `rust-crypto` | signatures by the RustCrypto crates; pure Rust | no |
//! | `metrics` | counters and durations through the crate `metrics` | no |
//! | `utoipa` | `openapi::secure`: what documents of utoipa say of policies | no |
//!
//! For aide there is no such feature: its newest version, 0.16, is an alpha. What `catalogue().to_json()` says of each
//! handler has OpenAPI's `security`, for documents of every other generator.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(doctest, feature = "jwt"))]
#[doc = include_str!("../README.md")]
struct Readme;

mod auth;
pub mod layer;
mod not_found;
#[cfg(feature = "utoipa")]
pub mod openapi;
mod require;
pub mod routing;

#[doc(hidden)]
pub mod __private {
    //! What macro output names. Not for people.

    pub mod v1 {
        //! The contract of the attribute macros, version 1, in guard mode and, for `http::Request<B>`, in request
        //! mode.

        pub use crate::require::Require;
        pub use auth_tower::__private::v1::*;
    }
}

pub use auth::{Auth, Refusal};
pub use auth_tower::{Encrypted, Peer, RequireLayer};
pub use layer::AuthLayer;
pub use not_found::{UnknownPath, not_found};
pub use require::Require;
pub use routing::{MethodRouter, Router, any, connect, delete, get, head, on, options, patch, post, put, trace};

auth_core::__adapter_exports!(axum);
