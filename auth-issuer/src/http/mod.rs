//! The standard endpoints of an authorization server, and the parts of which others are made.
//!
//! | endpoint | what it does | standard |
//! | --- | --- | --- |
//! | [`TokenEndpoint`] | exchanges refresh tokens, and passwords where that is asked for | RFC 6749 §3.2, §4.3, §6 |
//! | [`RevocationEndpoint`] | withdraws tokens | RFC 7009 |
//! | [`IntrospectionEndpoint`] | says what a token is | RFC 7662 |
//! | [`ServerMetadata`], [`ResourceMetadata`] | say where the others are | RFC 8414, RFC 9728 |
//! | [`KeySetEndpoint`] | publishes the keys that verify tokens | RFC 7517 §5 |
//!
//! Each is mounted on its own, in any framework: `serve` reads an `http::Request` of any body, of at most [`MAX_BODY`]
//! bytes, and gives an `http::Response<Bytes>`; `respond` takes one that has been read. Whoever accepts the connections
//! puts a [`Peer`](auth_tower::Peer) into each request, so that limits on guessing are kept per source. Inside of
//! `auth-axum`'s layer nobody has to: what axum knows of the connection is found there.
//!
//! ```
//! use std::convert::Infallible;
//! use std::sync::Arc;
//!
//! use auth_core::ClientSource;
//! use auth_core::jwt::JwtAlgorithm;
//! use auth_issuer::http::{Arrival, Client, ClientAuth, MemoryClients, TokenEndpoint};
//! use auth_issuer::keys::{KeyRing, SigningKey};
//! use auth_issuer::refresh::RefreshTokens;
//! use auth_issuer::tokens::TokenIssuer;
//! use auth_issuer::MemoryStore;
//! use http_body_util::Full;
//! use tower::{ServiceExt as _, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = MemoryStore::new();
//! let access = TokenIssuer::builder(KeyRing::new(SigningKey::generate(JwtAlgorithm::EdDsa)?))
//!     .issuer("https://auth.example")
//!     .audience("https://api.example")
//!     .purpose("access")
//!     .build()?;
//! let clients = ClientAuth::new(MemoryClients::new([Client::public("app")?])?);
//! let endpoint = TokenEndpoint::builder(access, clients, Arrival::new(ClientSource::peer()))
//!     .refresh(RefreshTokens::new(store.clone(), store))
//!     .build()?;
//!
//! // A service of tower, which hyper and others serve.
//! let endpoint = Arc::new(endpoint);
//! let service = service_fn(move |request: http::Request<Full<bytes::Bytes>>| {
//!     let endpoint = Arc::clone(&endpoint);
//!     async move { Ok::<_, Infallible>(endpoint.serve(request).await) }
//! });
//!
//! let form = "grant_type=refresh_token&refresh_token=unknown&client_id=app";
//! let request = http::Request::post("/token")
//!     .header("content-type", "application/x-www-form-urlencoded")
//!     .body(Full::from(form))?;
//! let answer = service.oneshot(request).await?;
//! assert_eq!((answer.status().as_u16(), &answer.headers()["cache-control"]), (400, &"no-store".parse()?));
//! assert!(answer.body().starts_with(br#"{"error":"invalid_grant""#));
//! # Ok(())
//! # }
//! ```
//!
//! With `auth-axum` it is a handler that is open on purpose:
//!
//! ```
//! # mod axum_example {
//! use std::sync::Arc;
//!
//! use auth_axum::public;
//! use auth_issuer::http::{MemoryClients, TokenEndpoint};
//! use auth_issuer::MemoryStore;
//! use axum::body::Body;
//! use axum::extract::{Request, State};
//! use axum::response::Response;
//!
//! type Tokens = TokenEndpoint<MemoryStore, MemoryStore, MemoryClients>;
//!
//! #[public(reason = "clients authenticate to it themselves")]
//! async fn token(State(tokens): State<Arc<Tokens>>, request: Request) -> Response {
//!     tokens.serve(request).await.map(Body::from)
//! }
//!
//! fn router(tokens: Arc<Tokens>) -> auth_axum::Router {
//!     auth_axum::Router::new().route("/token", auth_axum::post(token)).with_state(tokens)
//! }
//! # }
//! ```
//!
//! Servers whose wire form is another one write their own endpoints of the same parts: [`FieldsDecoder`] reads forms and
//! JSON with limits and named leniencies, the services decide, [`reply`] writes answers that no cache keeps.

mod arrival;
mod body_error;
mod client;
mod client_auth;
mod collect;
mod decoder;
mod document;
mod fields;
mod form;
mod front;
mod grant_answer;
mod introspection;
mod json;
mod key_set;
mod look_up;
mod metadata;
mod oauth_error;
mod read;
pub mod reply;
mod revocation;
mod token;

pub use arrival::Arrival;
pub use body_error::{BodyError, BodyErrorKind};
pub use client::{Client, ClientStore, GrantKind, MemoryClients};
pub use client_auth::ClientAuth;
pub use collect::collect;
pub use decoder::FieldsDecoder;
pub use fields::Fields;
pub use front::MAX_BODY;
pub use grant_answer::{OAuthRenderer, TokenAnswer, TokenRenderer};
pub use introspection::IntrospectionEndpoint;
pub use key_set::KeySetEndpoint;
pub use metadata::{ResourceMetadata, ServerMetadata};
pub use oauth_error::{OAuthError, OAuthErrorCode};
pub use revocation::RevocationEndpoint;
pub use token::{TokenEndpoint, TokenEndpointBuilder};
