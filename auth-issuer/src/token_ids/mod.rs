//! Signed and sealed tokens that are good once, or were withdrawn before they expire.

mod erased;
mod store;

pub(crate) use erased::SomeTokenIds;
pub use store::TokenIdStore;
