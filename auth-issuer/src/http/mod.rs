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
//! Each is mounted on its own. An endpoint takes a `http::Request<Bytes>` and gives a `http::Response<Bytes>`, so any
//! framework can serve it; [`collect`] reads a body within a limit first.
//!
//! Servers whose wire form is another one write their own endpoints of the same parts: [`FieldsDecoder`] reads forms and
//! JSON with limits and named leniencies, the services decide, [`reply`] writes answers that no cache keeps.

mod arrival;
mod client;
mod client_auth;
mod collect;
mod decoder;
mod fields;
mod form;
mod grant_answer;
mod introspection;
mod json;
mod key_set;
mod metadata;
mod oauth_error;
pub mod reply;
mod revocation;
mod token;

pub use arrival::Arrival;
pub use client::{Client, ClientStore, GrantKind, MemoryClients};
pub use client_auth::ClientAuth;
pub use collect::{CollectError, collect};
pub use decoder::{DecodeError, FieldsDecoder};
pub use fields::Fields;
pub use grant_answer::{OAuthRenderer, TokenAnswer, TokenRenderer};
pub use introspection::IntrospectionEndpoint;
pub use key_set::KeySetEndpoint;
pub use metadata::{ResourceMetadata, ServerMetadata};
pub use oauth_error::{OAuthError, OAuthErrorCode};
pub use revocation::RevocationEndpoint;
pub use token::{TokenEndpoint, TokenEndpointBuilder};
