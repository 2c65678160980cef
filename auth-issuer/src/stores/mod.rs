//! Stores that keep everything: all traits of this crate at once.
//!
//! | store | feature | for |
//! | --- | --- | --- |
//! | [`MemoryStore`] | | tests, demonstrations, services that may forget |

mod memory;

pub use memory::MemoryStore;

use crate::accounts::AccountAdmin;
use crate::api_keys::KeyStore;
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
    /// A cache of what was read may be kept without asking again only then.
    fn is_single_process(&self) -> bool;
}
