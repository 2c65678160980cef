//! One-time secrets: links that sign in, links that reset a password, tokens with which a new one is chosen.
//!
//! An effect never runs for GET, HEAD or OPTIONS: scanners of mail follow links. [Peek](OneTimeSecrets::peek) at the
//! secret to show a form, and [redeem](OneTimeSecrets::redeem) it when the form is sent.

mod erased;
mod service;
mod store;

pub(crate) use erased::SomeOneTimeStore;
pub use service::{OneTime, OneTimeSecrets};
pub(crate) use service::{find, issue, replace};
pub use store::{OneTimeRecord, OneTimeStore, Purpose, SLOTS, Slot};
