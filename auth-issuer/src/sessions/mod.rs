//! Sessions of browsers.

mod service;
mod store;

pub use service::{BegunSession, LiveSession, Sessions};
pub use store::{SessionRecord, SessionStore};
