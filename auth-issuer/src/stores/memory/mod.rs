//! Everything in the memory of one process.

mod accounts;
mod chains;
mod key_ids;
mod keys;
mod one_time;
mod sessions;
mod sweep;
mod throttle;
mod token_ids;
mod totp;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Store;
use crate::accounts::MemoryAccounts;

/// A store in the memory of one process, for tests, demonstrations and services that may forget.
///
/// Nothing is kept when the process ends, and another process sees nothing of it: with two nodes behind one address
/// every limit and every single use would hold for each node alone. Clones are handles to one store.
///
/// Every verb is atomic under the lock of the table that it changes. At most [`MAX_COUNTERS`](Self::MAX_COUNTERS)
/// counters are kept; all other rows are bounded by what the program issues, and go when they are swept.
///
/// # Examples
///
/// ```
/// use auth_issuer::accounts::AccountAdmin as _;
/// use auth_issuer::stores::MemoryStore;
/// use auth_issuer::{Account, AccountStore as _, LoginKey};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new();
/// store.accounts().insert(Account::new("1", "alice")?)?;
/// assert_eq!(store.raise_epoch("1").await?, Some(1));
/// assert!(store.clone().find_account(&LoginKey::parse("ALICE")?).await?.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Tables>);

#[derive(Default)]
struct Tables {
    accounts: MemoryAccounts,
    chains: Mutex<chains::Chains>,
    key_ids: Mutex<key_ids::KeyIds>,
    keys: Mutex<keys::Keys>,
    one_time: Mutex<one_time::Secrets>,
    sessions: Mutex<sessions::Sessions>,
    throttle: Mutex<throttle::Counters>,
    token_ids: Mutex<token_ids::TokenIds>,
}

impl MemoryStore {
    /// How many counters of failed attempts are kept. An attacker chooses their keys; where there are so many, one whose
    /// window is over goes, else the one that refuses nobody and whose window ends first, and if all refuse somebody the
    /// one whose window ends first.
    pub const MAX_COUNTERS: usize = 100_000;

    /// A store without anything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The accounts, for programs that make them when they start.
    #[must_use]
    pub fn accounts(&self) -> &MemoryAccounts {
        &self.0.accounts
    }
}

impl Store for MemoryStore {
    fn is_single_process(&self) -> bool {
        true
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("accounts", &self.0.accounts.len()).finish_non_exhaustive()
    }
}

/// Nothing panics between two writes that belong together, so a table is right even in a poisoned lock.
fn lock<T>(table: &Mutex<T>) -> MutexGuard<'_, T> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}
