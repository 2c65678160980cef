//! Protects warp services by one attribute on a function and filters that nobody can forget.
//!
//! ```
//! use auth_warp::{Auth, AuthLayer, Principal, Realm, auth, recover, require, requires_auth};
//! use tower_layer::Layer as _;
//! use warp::Filter as _;
//! # use auth_core::credential::BearerToken;
//! # use auth_core::{Attempt, Claims, Facts, Reason, Verified, Verifier, VerifyError};
//! # struct Tokens;
//! # impl Verifier<BearerToken> for Tokens {
//! #     type Value = Claims;
//! #     async fn verify(&self, token: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
//! #         if token.as_ref().reveal() == "good" { Ok(Verified::new(Facts::new("alice"), Claims::new())) }
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
//! #[requires_auth(bearer)]
//! async fn items(user: Auth<User>) -> String {
//!     format!("the items of {}", user.id)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let realm = Realm::<User>::builder("demo").bearer(Tokens).build()?;
//! let routes = warp::path!("items").and(warp::get()).and(require()).and(auth()).then(items).recover(recover);
//! let service = AuthLayer::new(realm).layer(warp::service(routes));
//! // auth_warp::serve(listener, service, shutdown).await;
//!
//! # use tower::ServiceExt as _;
//! let bare = http::Request::get("/items").body(warp::reply::Response::default().into_body())?;
//! let refused = service.clone().oneshot(bare).await?;
//! assert_eq!(refused.status(), 401);
//! assert_eq!(refused.headers()["www-authenticate"], r#"Bearer realm="demo""#);
//!
//! let good = http::Request::get("/items").header("authorization", "Bearer good");
//! let answer = service.oneshot(good.body(warp::reply::Response::default().into_body())?).await?;
//! assert_eq!(answer.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! # The parts
//!
//! `#[requires_auth(..)]` adds a first parameter to a function, the proof that its policy has let the request pass.
//! [`require`] is the filter that decides and yields the proof; which policy it decides by follows from the function
//! behind it. Put it after the path and the method and before everything that reads the request, so that the decision
//! comes first. Without the filter the function cannot be called:
//!
//! ```compile_fail,E0593
//! # use warp::Filter as _;
//! #[auth_warp::requires_auth(bearer)]
//! async fn items() -> &'static str {
//!     "lamp"
//! }
//!
//! let routes = warp::path!("items").and(warp::get()).then(items);
//! ```
//!
//! [`auth`] and [`guest`] yield the principal; they stand behind [`require`]. [`recover`] turns refusals into
//! responses, [`not_found`] answers unknown paths like hidden ones. Write
//! `routes.recover(recover).or(not_found(&realm))`, in this order: a refusal must not become "not found".
//!
//! [`AuthLayer`] goes around the whole, as [`warp::service`], and [`serve`] serves that. Without the layer every
//! policy but a public one answers 500.
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `jwt` | JSON Web Tokens; needs one of the two backends | yes |
//! | `aws-lc-rs` | signatures by aws-lc-rs; builds C | yes |
//! | `rust-crypto` | signatures by the RustCrypto crates; pure Rust | no |
//! | `metrics` | counters and durations through the crate `metrics` | no |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(doctest, feature = "jwt"))]
#[doc = include_str!("../README.md")]
struct Readme;

mod arrival;
mod auth;
pub mod layer;
mod not_found;
mod require;
mod serve;

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

pub use auth::{Auth, Refusal, auth, guest, recover};
pub use auth_tower::{Encrypted, Peer};
pub use layer::AuthLayer;
pub use not_found::not_found;
pub use require::{Require, require, require_in};
pub use serve::serve;

auth_core::__adapter_exports!(warp);
