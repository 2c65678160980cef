//! Accounts: who may sign in, and with what.
//!
//! A store has verbs, not rows: each write is one verb whose whole condition is on the one account that it changes,
//! so that a database can do it in one statement and two requests cannot undo each other's work.

mod account;
mod admits;
mod memory;
mod permits;
mod store;

pub use account::{Account, AccountError, AccountErrorKind, AccountState};
pub(crate) use admits::{Admits, everybody};
pub use memory::MemoryAccounts;
pub(crate) use memory::TotpColumns;
pub(crate) use permits::{Permits, own_scopes};
pub use store::{AccountAdmin, AccountStore, Inserted, Renamed};
