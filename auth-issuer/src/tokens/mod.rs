//! Signed tokens: access tokens, and tokens that are good once.
//!
//! Every kind of token has an issuer of its own: its own keys, `aud` and `purpose`. A verifier is built for one kind, so
//! a token of one kind never opens what another is for (RFC 8725 §3.8, §3.9, §3.11).
//!
//! A token carries the [epoch](crate::Account::epoch) of its account, and is good while the two are equal: a change of
//! password, factors or state ends it at once, not only when it expires. So verifying reads the account at each use, and
//! the roles and scopes of the request are those that the account has now.

mod claims;
mod issuer;
mod json;
mod live;
mod once;
mod verifier;

pub use claims::TokenClaims;
pub use issuer::{IssuedToken, TokenIssuer, TokenIssuerBuilder, TokenKeys};
pub use live::LiveTokens;
pub use once::OneTimeTokens;
#[cfg(feature = "http")]
pub(crate) use verifier::tell_refused;
pub use verifier::{AccountTokens, LiveToken};
