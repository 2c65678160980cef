//! What the examples have in common: everything of the demo service but its framework.
//!
//! An example builds the service in the way its framework's users do, and takes the rest from here: the environment
//! ([`Config`]), people and keys ([`accounts`]), the realm ([`realm`]), what is served ([`items`]), the end
//! ([`Shutdown`]). Its `main` is one call of [`run`].
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `suite` | [`suite`]: drives an example's program over sockets, in tests | no |

mod accept;
pub mod accounts;
mod announce;
mod config;
mod curl;
pub mod items;
pub mod realm;
mod run;
mod shutdown;
#[cfg(feature = "suite")]
pub mod suite;
mod token;

pub use accept::accept;
pub use config::{BadVariable, Config};
pub use realm::User;
pub use run::run;
pub use shutdown::Shutdown;
pub use token::TokenSigner;
