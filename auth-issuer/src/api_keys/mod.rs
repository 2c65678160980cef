//! API keys: a fixed list in memory, and keys that accounts make and withdraw.

mod memory;
mod record;
mod store;

pub use memory::{DuplicateApiKey, MemoryApiKeys};
pub use record::OwnedKey;
pub use store::{EXPIRED_KEYS_STAY, KeyChange, KeyStore};
