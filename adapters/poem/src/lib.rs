//! Protects poem services by one attribute on a handler and one middleware on the routes.
//!
//! ```
//! use auth_poem::{Auth, AuthMiddleware, Principal, Realm, not_found, public, requires_auth};
//! use poem::{Endpoint as _, EndpointExt as _, Request, Route, get, handler};
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
//! #[handler]
//! async fn items(user: Auth<User>) -> String {
//!     format!("the items of {}", user.id)
//! }
//!
//! #[public(reason = "health check")]
//! #[handler]
//! async fn health() -> &'static str {
//!     "ok"
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let tokens = Tokens;
//! let realm = Realm::<User>::builder("demo").bearer(tokens).build()?;
//! let app = Route::new()
//!     .at("/items", get(items))
//!     .at("/health", get(health))
//!     .with(not_found(&realm))
//!     .with(AuthMiddleware::new(realm).deny_undecided());
//!
//! let bare = || Request::builder().uri_str("/items");
//! let refused = app.get_response(bare().finish()).await;
//! assert_eq!(refused.status(), 401);
//! assert_eq!(refused.headers()["www-authenticate"], r#"Bearer realm="demo""#);
//!
//! let good = bare().header("authorization", "Bearer good").finish();
//! assert_eq!(app.get_response(good).await.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! # What changes for a handler
//!
//! The attribute adds a hidden first parameter, [`Require<..>`](Require), the proof that the handler's policy has
//! let the request pass. poem extracts it before anything else, so the decision comes before path, query and body
//! are looked at. Put the attribute **above** `#[handler]`; the other order does not compile.
//!
//! poem makes `None` of every error inside of an `Option`. Of `Option<Auth<P>>` only a guest's may become one: the
//! guard refuses a principal of the wrong type before the handler runs, and the middleware withholds the answer of a
//! handler that got `None` for anything but a guest.
//!
//! # What is proved
//!
//! The type of a poem endpoint says nothing about its handler's parameters, and routes cannot be listed. So a handler
//! that lacks an attribute is found when it answers: [`AuthMiddleware::deny_undecided`] withholds that answer.
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `jwt` | JSON Web Tokens; needs one of the two backends | yes |
//! | `aws-lc-rs` | signatures by aws-lc-rs; builds C | yes |
//! | `rust-crypto` | signatures by the RustCrypto crates; pure Rust | no |
//! | `metrics` | counters and durations through the crate `metrics` | no |
//! | `openapi` | [`openapi`]: guards and documents of poem-openapi | no |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(doctest, feature = "jwt"))]
#[doc = include_str!("../README.md")]
struct Readme;

mod auth;
mod head;
pub mod middleware;
mod not_found;
#[cfg(feature = "openapi")]
pub mod openapi;
mod require;

#[doc(hidden)]
pub mod __private {
    //! What macro output names. Not for people.

    pub mod v1 {
        //! The contract of the attribute macros, version 1, in guard mode.

        pub use crate::require::Require;
        pub use auth_core::__private::v1::*;
    }
}

pub use auth::{Auth, Refusal};
pub use middleware::{AuthMiddleware, RequireMiddleware};
pub use not_found::{NotFound, OrNotFound, not_found};
pub use require::Require;

auth_core::__adapter_exports!(poem);
