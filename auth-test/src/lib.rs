//! Test kit for services built on `auth-core`: assumed principals, minted credentials, a clock that stands still, and
//! the conformance suite for adapters.
//!
//! | for | there is |
//! | --- | --- |
//! | a test of one handler | [`AssumeRequire`], [`AssumeGuarded`], [`AssumeAuth`]: proofs and principals out of thin air |
//! | a test of a whole service | [`Minter`], [`TestApiKeys`], [`basic`], [`bearer`]: real credentials for the real decision |
//! | who may call what, over all routes | [`AccessMatrix`]: a table to compare |
//! | time | [`FakeClock`] |
//! | an adapter | [`conformance`] |
//! | any server, by one address | [`conformance::black_box`], and the example `attack` |
//! | a database | `postgres`: one of its own for each test |
//!
//! # A handler
//!
//! A protected handler is a function with a proof as its first parameter. A test makes both up and calls it:
//!
//! ```
//! use auth_axum::{Auth, Require, requires_auth};
//! use auth_test::{AssumeAuth as _, AssumeRequire as _};
//!
//! struct User {
//!     name: &'static str,
//! }
//!
//! #[requires_auth(bearer, scope = "greetings:read")]
//! async fn greeting(user: Auth<User>) -> String {
//!     format!("good morning, {}", user.name)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let answer = greeting(Require::assume(), Auth::assume(User { name: "Ada" })).await;
//! assert_eq!(answer, "good morning, Ada");
//! # }
//! ```
//!
//! # A whole service
//!
//! Nothing is made up but the credentials: policy, realm and answers are those of the service.
//!
//! ```
//! use std::time::Duration;
//! use auth_axum::{Auth, AuthLayer, ConfigError, Principal, Realm, Router, get, requires_auth};
//! use auth_test::{FakeClock, Minter, bearer};
//! use axum::body::Body;
//! use http::Request;
//! use tower::ServiceExt as _;
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
//! /// The service; `main` gives it the real clock and keys.
//! fn service(minter: &Minter, clock: &FakeClock) -> Result<axum::Router, ConfigError> {
//!     let realm = Realm::<User>::builder("demo").bearer(minter.verifier()?).clock(clock.clone()).build()?;
//!     Ok(Router::new().route("/items", get(items)).layer(AuthLayer::new(realm)).into_axum())
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = FakeClock::at(1_900_000_000);
//! let minter = Minter::new("https://issuer.example", "demo", &clock);
//! let service = service(&minter, &clock)?;
//! let status = async |token: &str| {
//!     let request = Request::get("/items").header("authorization", bearer(token)).body(Body::empty()).unwrap();
//!     service.clone().oneshot(request).await.unwrap().status().as_u16()
//! };
//!
//! let token = minter.token("alice").scopes(["items:read"]).mint();
//! assert_eq!(status(&token).await, 200);
//! assert_eq!(status(&minter.token("alice").mint()).await, 403, "no scope");
//! clock.advance(Duration::from_secs(300));
//! assert_eq!(status(&token).await, 401, "expired");
//! # Ok(())
//! # }
//! ```
//!
//! # Every route
//!
//! [`AccessMatrix`] asks the realm about each route for each caller, without running a handler. Its table in a test
//! shows in review who may do what since when:
//!
//! ```text
//! route               guest   reader  admin
//! GET /health         public  public  public
//! GET /items          401     yes     403
//! DELETE /items/{id}  401     404     yes
//! ```
//!
//! # Randomness
//!
//! There is a clock to set, and no randomness to set: secrets, ids, salts and nonces come from the operating system, in tests
//! as in a release. A source that could be replaced is one that a release could have replaced: with a known one every
//! token, key and link is guessed, and a nonce that comes twice gives sealed secrets away. Nor do tests need one. What is
//! random is handed out: by the service that makes it ([`MintedKey`](auth_issuer::api_keys::MintedKey), one-time secrets,
//! recovery codes), or in the mail ([`MemoryMailer`](auth_issuer::mail::MemoryMailer)). What a test makes up itself is the
//! same in each run: tokens of [`Minter`], keys of [`TestApiKeys`]. And formats are put together from given parts:
//! [`ApiKey::from_parts`](auth_core::credential::ApiKey::from_parts).
//!
//! # Never in a release
//!
//! What a test may make up, an attacker must not. The crate does not build without debug assertions, so a release
//! profile refuses it; depend on it from `[dev-dependencies]` only. To run tests in the release profile, enable the
//! feature `allow-release` for them.
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `jwt` | [`Minter`] and [`conformance`]; needs one of the two backends | yes |
//! | `aws-lc-rs` | signatures by aws-lc-rs; builds C | yes |
//! | `rust-crypto` | signatures by the RustCrypto crates; pure Rust | no |
//! | `postgres` | databases for tests, of a PostgreSQL server that is started for them | no |
//! | `allow-release` | builds without debug assertions | no |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(doctest, feature = "jwt"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(not(any(debug_assertions, feature = "allow-release")))]
compile_error!(
    "auth-test makes credentials up and does not belong into a release; move it to `[dev-dependencies]`, or enable its feature `allow-release` to run tests in the release profile"
);

#[cfg(feature = "jwt")]
pub mod conformance;

#[cfg(feature = "postgres")]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    reason = "a test without a database that it could have ends here"
)]
pub mod postgres;

mod assume;
mod clock;
mod matrix;
mod mint;

pub use assume::{AssumeAuth, AssumeGuarded, AssumeRequire};
pub use clock::FakeClock;
pub use matrix::{Access, AccessMatrix, AccessRow, Caller};
#[cfg(feature = "jwt")]
pub use mint::{Minter, TokenDraft};
pub use mint::{TestApiKeys, basic, bearer};
