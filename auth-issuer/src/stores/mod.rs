//! Stores that keep everything: all traits of this crate at once.
//!
//! | store | feature | for |
//! | --- | --- | --- |
//! | `SqliteStore` | `sqlite` | services of one machine; a file, and nothing to install |
//! | `PostgresStore` | `postgres` | services of several nodes |
//! | [`MemoryStore`] | | tests, demonstrations, services that may forget |
//! | [`AnyStore`] | | the one that a configuration names |
//!
//! Whoever writes another one runs the suite of the feature `store-tests` on it.

mod any;
mod forward;
#[cfg(feature = "store-tests")]
mod interleave;
mod memory;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod sql;
mod url;

pub use any::AnyStore;
#[cfg(feature = "store-tests")]
pub use interleave::{Gate, Interleave};
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use sql::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sql::SqliteStore;
#[cfg(all(feature = "store-tests", any(feature = "postgres", feature = "sqlite")))]
#[doc(hidden)]
pub use sql::statements;

use crate::accounts::AccountAdmin;
use crate::api_keys::KeyStore;
use crate::key_ids::KeyIdStore;
use crate::one_time::OneTimeStore;
use crate::refresh::ChainStore;
use crate::sessions::SessionStore;
use crate::sweep::SweepStore;
use crate::throttle::ThrottleStore;
use crate::token_ids::TokenIdStore;
use crate::totp::TotpStore;

/// A store of everything, cheap to clone: clones are handles to one store.
///
/// # Accuracy
///
/// Times are kept to the millisecond, rounded down: what expires within a millisecond is refused from its beginning on.
pub trait Store:
    AccountAdmin
    + ChainStore
    + Clone
    + KeyIdStore
    + KeyStore
    + OneTimeStore
    + SessionStore
    + SweepStore
    + ThrottleStore
    + TokenIdStore
    + TotpStore
{
    /// Whether this handle and its clones see every change, because no other process can make one.
    ///
    /// A cache of what was read may be kept without asking again only then. Where a service has
    /// [several nodes](crate::Nodes::Several) such a store is refused.
    fn is_single_process(&self) -> bool;
}
