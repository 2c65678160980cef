//! Signed tokens that are good once, or were withdrawn before they expire.

mod store;

pub use store::TokenIdStore;
