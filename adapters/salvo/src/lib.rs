//! Protects salvo services by one attribute on a handler and one hoop on the router.
//!
//! ```
//! use auth_salvo::{Auth, AuthHoop, Principal, Realm, check_routes, not_found, public, requires_auth};
//! use salvo::prelude::*;
//! use salvo::test::TestClient;
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
//! let router = Router::with_hoop(AuthHoop::new(realm.clone()))
//!     .push(Router::with_path("items").get(items))
//!     .push(Router::with_path("health").get(health));
//! check_routes(&router).run()?; // each handler has one of the two attributes
//! let service = Service::new(router).hoop(not_found(&realm));
//!
//! let bare = || TestClient::get("http://localhost/items");
//! let refused = bare().send(&service).await;
//! assert_eq!(refused.status_code.map(|status| status.as_u16()), Some(401));
//! assert_eq!(refused.headers()["www-authenticate"], r#"Bearer realm="demo""#);
//!
//! let good = bare().add_header("authorization", "Bearer good", true).send(&service).await;
//! assert_eq!(good.status_code.map(|status| status.as_u16()), Some(200));
//! # Ok(())
//! # }
//! ```
//!
//! # What changes for a handler
//!
//! The attribute adds a hidden first parameter, [`Require<..>`](Require), the proof that the handler's policy has
//! let the request pass. salvo extracts it before anything else, so the decision comes before path, query and body
//! are looked at. Put the attribute **above** `#[handler]` or `#[endpoint]`, and on an `impl` block `#[auth_impl]` above
//! `#[handler]`; the other orders do not compile.
//!
//! salvo makes `None` of every error inside of an `Option`. Of `Option<Auth<P>>` only a guest's may become one: the
//! guard refuses a principal of the wrong type before the handler runs, and the hoop withholds the answer of a
//! handler that got `None` for anything but a guest.
//!
//! # What is proved
//!
//! salvo's routes can be listed: [`check_routes`], called once before the service starts, fails unless each handler
//! has an attribute. [`AuthHoop::deny_undecided`] is for what cannot be listed: it withholds the answer of a handler
//! that has decided nothing.
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `jwt` | JSON Web Tokens; needs one of the two backends | yes |
//! | `aws-lc-rs` | signatures by aws-lc-rs; builds C | yes |
//! | `rust-crypto` | signatures by the RustCrypto crates; pure Rust | no |
//! | `metrics` | counters and durations through the crate `metrics` | no |
//! | `oapi` | [`oapi`]: what salvo-oapi documents of guarded endpoints | no |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(doctest, feature = "jwt"))]
#[doc = include_str!("../README.md")]
struct Readme;

mod auth;
mod coverage;
mod head;
pub mod hoop;
mod not_found;
#[cfg(feature = "oapi")]
pub mod oapi;
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
pub use coverage::{RouteCheck, UncoveredRoutes, check_routes};
pub use hoop::{AuthHoop, RequireHoop};
pub use not_found::{NotFound, not_found};
pub use require::Require;

auth_core::__adapter_exports!(salvo);
