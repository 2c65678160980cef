//! A server that speaks the account API of Coco Server: sign-in, profile, API tokens.
//!
//! Read [`app`] first: every handler says who may call it. The credentials stand in `credentials.rs`, the form of
//! failures in `envelope.rs`; passwords, tokens and their stores are the framework's.

mod access_tokens;
mod account;
mod body;
mod credentials;
mod envelope;
mod login;
mod routes;
mod service;
mod system;
mod token_format;

pub use credentials::Caller;
pub use routes::app;
pub use service::{Coco, ExpireIn, LOGIN_LIFE, Parts, Settings};
pub use system::CocoServer;
