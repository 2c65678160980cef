//! Refresh tokens: chains that rotate at each use (RFC 6749 §6, RFC 9700 §4.14).

mod chain;
mod outcome;
mod seal;
mod service;
mod store;

pub use chain::{Chain, ChainEnd, SealedToken};
pub use outcome::{IssuedRefresh, PreparedRefresh, RefreshOutcome, RefreshRefusal, Renewed};
pub use service::{ChainsPerClient, RefreshTokens};
pub use store::{ChainStore, Rotation};
