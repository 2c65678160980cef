//! Protects Rocket services by one attribute on a handler and one fairing.
//!
//! ```
//! use auth_rocket::{Auth, AuthFairing, Principal, Realm, not_found, public, requires_auth};
//! use rocket::{get, routes};
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
//! fn health() -> &'static str {
//!     "ok"
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let tokens = Tokens;
//! let realm = Realm::<User>::builder("demo").bearer(tokens).build()?;
//! let rocket = rocket::build()
//!     .mount("/", routes![items, health])
//!     .register("/", vec![not_found(&realm)])
//!     .attach(AuthFairing::new(realm));
//!
//! # use rocket::http::{Header, Status};
//! let client = rocket::local::blocking::Client::untracked(rocket)?;
//! let refused = client.get("/items").dispatch();
//! assert_eq!(refused.status(), Status::Unauthorized);
//! assert_eq!(refused.headers().get_one("www-authenticate"), Some(r#"Bearer realm="demo""#));
//!
//! let good = client.get("/items").header(Header::new("authorization", "Bearer good")).dispatch();
//! assert_eq!(good.status(), Status::Ok);
//! # Ok(())
//! # }
//! ```
//!
//! # What changes for a handler
//!
//! The attribute adds a hidden first parameter, [`Require<..>`](Require), the proof that the handler's policy has
//! let the request pass. Rocket asks it before the other request guards, and these before path, query and data, so the
//! decision comes first. Whoever calls the handler directly has to have one; the test kit makes them. Put the attribute
//! above `#[get(..)]` and its siblings; below, it does not compile.
//!
//! # What a launch needs
//!
//! An application whose handlers are guarded does not launch without [`AuthFairing`], nor with a handler that has
//! neither `#[requires_auth(..)]` nor `#[public(..)]`. Routes that are not functions go through [`require`], or are
//! named with a reason by [`AuthFairing::route_unchecked`].
//!
//! # What Rocket does by itself
//!
//! - It reads the first bytes of a body before it looks for a route, so a client that waits for `100 Continue` gets it
//!   even if it is refused then.
//! - It drops header fields that are not UTF-8 before a guard could see them, and no part of its request tells that there
//!   was one. A credential that is not UTF-8 is none: such a request is refused as one without credentials, and is a
//!   guest's where the policy is `optional`. Beside a good one it is none either, where two would be refused with 400. So
//!   nobody gets what needs a credential without a good one; but whoever must not be taken for a guest needs a proxy in
//!   front that refuses such fields.
//! - Errors of a guard become the status alone. The application's catchers run for refusals too; what they answer is
//!   replaced.
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
mod coverage;
mod fairing;
mod head;
mod local;
mod not_found;
mod realms;
mod render;
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

pub use auth::{Auth, NoPrincipal, Refusal};
pub use fairing::AuthFairing;
pub use not_found::not_found;
pub use require::{Require, require};

auth_core::__adapter_exports!(rocket);
