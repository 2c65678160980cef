//! Protects actix-web services by one attribute on a handler and one middleware on the application.
//!
//! ```
//! use actix_web::{App, get};
//! use auth_actix::{Auth, AuthMiddleware, Principal, Realm, public, requires_auth};
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
//! #[get("/items")]
//! async fn items(user: Auth<User>) -> String {
//!     format!("the items of {}", user.id)
//! }
//!
//! #[public(reason = "health check")]
//! #[get("/health")]
//! async fn health() -> &'static str {
//!     "ok"
//! }
//!
//! # #[actix_web::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let tokens = Tokens;
//! let realm = Realm::<User>::builder("demo").bearer(tokens).build()?;
//! // For `HttpServer::new(move || ..)`, where the realm is cloned.
//! let app = App::new().service(items).service(health).wrap(AuthMiddleware::new(realm.clone()).deny_undecided());
//!
//! # use actix_web::test::{TestRequest, call_service, init_service};
//! # let app = init_service(app).await;
//! let refused = call_service(&app, TestRequest::get().uri("/items").to_request()).await;
//! assert_eq!(refused.status(), 401);
//! assert_eq!(refused.headers().get("www-authenticate").unwrap(), r#"Bearer realm="demo""#);
//!
//! let good = TestRequest::get().uri("/items").insert_header(("authorization", "Bearer good"));
//! assert_eq!(call_service(&app, good.to_request()).await.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! # What changes for a handler
//!
//! actix-web extracts all parameters of a handler side by side, so a guard among them would not come first. The
//! attribute folds them into one, [`Guarded<.., (A, B)>`](Guarded): the decision, and only then the parameters as they
//! were written. Neither path nor query nor body is looked at before. Whoever calls the handler directly needs such a
//! value; the test kit makes them. The attribute may stand above or below `#[get(..)]` and its siblings.
//!
//! # What is covered
//!
//! [`get()`](get), [`post()`](post) and so on make routes whose handler has to be annotated; a bare one does not
//! compile. Route macros like `#[get("/")]` hide the handler's type, so there the middleware withholds the answer of a
//! handler that decided nothing: [`AuthMiddleware::deny_undecided`].
//!
//! # What the server does by itself
//!
//! To `Expect: 100-continue` actix-web answers `100 Continue` before any application code runs, and it closes the
//! connection after every request with `Upgrade`. Where a refusal says that it closes the connection, because of a body
//! that is not read, it answers a next request all the same if both have come together. None of these lets a request
//! pass: the next one is decided like any other, and the body is not taken for one.
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

mod auth;
mod guarded;
mod head;
pub mod middleware;
mod not_found;
mod render;
pub mod routing;

#[doc(hidden)]
pub mod __private {
    //! What macro output names. Not for people.

    pub mod v1 {
        //! The contract of the attribute macros, version 1, in fold mode.

        pub use crate::guarded::Guarded;
        pub use auth_core::__private::v1::*;
    }
}

pub use auth::{Auth, Refusal};
pub use guarded::Guarded;
pub use middleware::{AuthMiddleware, RequireMiddleware};
pub use not_found::not_found;
pub use routing::{Route, any, delete, get, head, method, patch, post, put, trace};

auth_core::__adapter_exports!(actix);
