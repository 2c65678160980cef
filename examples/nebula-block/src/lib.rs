//! A server that speaks the authentication API of Nebula Block: sign-in, tokens and API keys in one `Authorization`
//! field.
//!
//! Read `routes.rs` first: every handler says who may call it. The two kinds of credentials stand in `credentials.rs`,
//! the form of all answers in `envelope.rs`; passwords, tokens, keys and their stores are the framework's.

mod api_keys;
mod credentials;
mod envelope;
mod login;
mod routes;
mod service;
mod system;
mod users;

pub use system::NebulaBlock;
