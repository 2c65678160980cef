//! Serves the decisions of `auth-core` through tower.
//!
//! [`AuthLayer`] puts a realm into each request; it decides nothing. What decides is the policy of the endpoint:
//! `#[requires_auth(..)]` on a plain `async fn(http::Request<B>)`, or [`RequireLayer`] around a service that is no
//! function.
//!
//! ```
//! use auth_tower::{Auth, AuthLayer, Realm, requires_auth};
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use tower::{Layer as _, ServiceExt as _};
//! # use auth_core::credential::{BearerToken, Credential};
//! # use auth_core::{Attempt, Facts, Reason, Verified, Verifier, VerifyError};
//! # struct Tokens;
//! # impl Verifier<BearerToken> for Tokens {
//! #     type Value = String;
//! #     async fn verify(&self, token: BearerToken, _: Attempt) -> Result<Verified<String>, VerifyError> {
//! #         if token.as_ref().reveal() == "good" { Ok(Verified::new(Facts::new("alice"), "alice".into())) }
//! #         else { Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)) }
//! #     }
//! # }
//! # type Body = http_body_util::Full<Bytes>;
//!
//! #[requires_auth(bearer)]
//! async fn me(request: Request<Body>) -> Response<Body> {
//!     match Auth::<String>::of(&request).await {
//!         Ok(user) => Response::new(Body::from(format!("hello {}", *user))),
//!         Err(refusal) => refusal.into_response(),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let realm = Realm::<String>::builder("demo").bearer(Tokens).build()?;
//! let service = AuthLayer::new(realm).layer(tower::service_fn(|request| async {
//!     Ok::<_, std::convert::Infallible>(me(request).await)
//! }));
//!
//! let good = Request::get("/").header("authorization", "Bearer good").body(Body::default())?;
//! assert_eq!(service.clone().oneshot(good).await?.status(), 200);
//!
//! let bare = Request::get("/").body(Body::default())?;
//! let refused = service.oneshot(bare).await?;
//! assert_eq!(refused.status(), 401);
//! assert_eq!(refused.headers()["www-authenticate"], r#"Bearer realm="demo""#);
//! # Ok(())
//! # }
//! ```
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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod auth;
mod head;
pub mod layer;
mod render;
pub mod require;
pub mod undecided;

#[doc(hidden)]
pub mod __private;

pub use auth::{Auth, Refusal};
pub use head::{Encrypted, HttpHead, KeptHead, Peer};
pub use layer::{AuthLayer, inform_caches};
pub use render::{is_refusal, not_found, render};
pub use require::RequireLayer;

auth_core::__adapter_exports!(tower);
