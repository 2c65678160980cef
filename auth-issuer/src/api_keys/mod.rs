//! API keys: a fixed list in memory, and keys that accounts make and withdraw.
//!
//! A key identifies a program that acts for an account, within what it was made for. It is not a sign-in of a person: it
//! has no factors and no time, so a policy that asks for a fresh factor is never satisfied by it.

mod format;
mod line;
mod memory;
mod mint;
mod record;
mod service;
mod store;
mod verifier;

pub use format::{KeyFormat, NewKey, PrefixedSecret};
pub use memory::{DuplicateApiKey, MemoryApiKeys};
pub use mint::{ChangeOutcome, KeyMaker, KeyRequest, MintOutcome, MintedKey};
pub use record::OwnedKey;
pub use service::ApiKeys;
pub use store::{EXPIRED_KEYS_STAY, KeyChange, KeyStore};
pub use verifier::KeyUse;
