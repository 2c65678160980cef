//! poem-openapi: the same attributes on the functions of an `#[OpenApi]` block, and what its document says of them.
//!
//! ```
//! use auth_poem::openapi::{auth_impl, spec};
//! use auth_poem::{Auth, AuthMiddleware, Principal, Realm, not_found};
//! use poem::{EndpointExt as _, Route};
//! use poem_openapi::payload::PlainText;
//! use poem_openapi::{OpenApi, OpenApiService};
//! # use auth_core::credential::BearerToken;
//! # use auth_core::{Attempt, Claims, Reason, Verified, Verifier, VerifyError};
//! # struct Tokens;
//! # impl Verifier<BearerToken> for Tokens {
//! #     type Value = Claims;
//! #     async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
//! #         Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
//! #     }
//! # }
//!
//! #[derive(Clone, Principal)]
//! struct User {
//!     #[principal(subject)]
//!     id: String,
//! }
//!
//! struct Api;
//!
//! #[auth_impl]
//! #[OpenApi]
//! impl Api {
//!     /// Lists the caller's items.
//!     #[requires_auth(bearer, scope = "items:read")]
//!     #[oai(path = "/items", method = "get")]
//!     async fn items(&self, user: Auth<User>) -> PlainText<String> {
//!         PlainText(format!("the items of {}", user.id))
//!     }
//!
//!     #[public(reason = "health check")]
//!     #[oai(path = "/health", method = "get")]
//!     async fn health(&self) -> PlainText<&'static str> {
//!         PlainText("ok")
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let tokens = Tokens;
//! let realm = Realm::<User>::builder("demo").bearer(tokens).build()?;
//! let service = OpenApiService::new(Api, "items", "1");
//! let document = spec(&service, &[&realm]);
//! assert!(document.contains(r#"{"bearer":["items:read"]}"#));
//! let api = service
//!     .with(not_found(&realm)) // unknown paths look like hidden ones
//!     .with(AuthMiddleware::new(realm).deny_undecided());
//! // What nobody decides, as the document, stands outside of the middleware: everybody may read it.
//! let app = Route::new().at("/openapi.json", poem::endpoint::make_sync(move |_| document.clone())).nest("/", api);
//!
//! # use poem::{Endpoint as _, Request};
//! for (path, status) in [("/openapi.json", 200), ("/health", 200), ("/items", 401), ("/nothing", 404)] {
//!     assert_eq!(app.get_response(Request::builder().uri_str(path).finish()).await.status(), status, "{path}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! This module's `#[auth_impl]` stands **above** `#[OpenApi]`, and takes the attributes of the functions inside. The
//! other order does not compile, nor does an attribute on a function without it.
//!
//! With the one at the root of the crate functions are guarded too, and documented as open.
//!
//! `service.spec()` knows names of schemes and nothing else, since poem-openapi lets a parameter say no more; [`spec`]
//! adds scopes, refusals, the policy, and where each realm's credentials travel.

mod document;
mod require;

use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, Registry};

use crate::auth::Refusal;

#[doc(hidden)]
pub mod __private {
    //! What macro output names. Not for people.

    pub mod v1 {
        //! The contract of the attribute macros, version 1, in guard mode.

        pub use crate::openapi::require::Require;
        pub use auth_core::__private::v1::*;
    }
}

pub use auth_core::__adapter::poem_openapi::auth_impl;
pub use document::spec;
pub use require::Require;

/// The guard has said everything.
impl ApiResponse for Refusal {
    fn meta() -> MetaResponses {
        MetaResponses { responses: Vec::new() }
    }

    fn register(_: &mut Registry) {}
}
