//! One-time secrets: links that sign in, links that reset a password, tokens between two steps of a sign-in.

mod store;

pub use store::{OneTimeRecord, OneTimeStore, Purpose, SLOTS, Slot};
