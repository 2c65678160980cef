//! Refresh tokens: chains that rotate at each use (RFC 6749 §6, RFC 9700 §4.14).

mod chain;
mod store;

pub use chain::{Chain, ChainEnd, SealedToken};
pub use store::{ChainStore, Rotation};
