//! Sessions of browsers.

mod store;

pub use store::{SessionRecord, SessionStore};
