//! The rules that every store has to keep, as tests for people who write one.
//!
//! | function | for a store of | |
//! | --- | --- | --- |
//! | [`accounts`](accounts()) | accounts | names, epochs, states, tombstones |
//! | [`totp`](totp()) | second factors | enrolment, steps, recovery codes |
//! | [`chains`](chains()) | refresh chains | rotation, ends, replacement |
//! | [`one_time`](one_time()) | one-time secrets | slots, redemption |
//! | [`token_ids`](token_ids()) | spent token ids | |
//! | [`sessions`](sessions()) | sessions | |
//! | [`keys`](keys()) | accounts' API keys | trees, changes, lists |
//! | [`key_ids`](key_ids()) | ids of keys in use | |
//! | [`throttle`](throttle()) | counters | the arithmetic of [`Counter`](crate::throttle::Counter), step by step |
//! | [`everything`] | all of them | the above, deletion and sweeping, and hundreds of tasks at once |
//! | [`interleaved`](interleaved()) | all of them, and can hold a transaction open | each race in both orders, by force |
//!
//! Each function takes an empty store, or a function that makes one, and panics where a rule is broken. Call it in a
//! runtime with several threads, or tasks at once are none. Not for releases.
//!
//! # Examples
//!
//! ```
//! use auth_issuer::stores::MemoryStore;
//!
//! # #[tokio::main]
//! # async fn main() {
//! auth_issuer::store_suite::everything(async || MemoryStore::new()).await;
//! # }
//! ```

mod accounts;
mod chains;
mod crowds;
mod deletion;
mod interleaved;
mod key_ids;
mod keys;
mod one_time;
mod samples;
mod sessions;
mod sweep;
mod throttle;
mod token_ids;
mod totp;
mod withdrawals;

pub use accounts::accounts;
pub use chains::chains;
pub use crowds::crowds;
pub use deletion::deletion;
pub use interleaved::interleaved;
pub use key_ids::key_ids;
pub use keys::keys;
pub use one_time::one_time;
pub use sessions::sessions;
pub use sweep::sweep;
pub use throttle::throttle;
pub use token_ids::token_ids;
pub use totp::totp;

use crate::stores::Store;

/// Runs every rule on stores that `make` makes, each of them empty.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn everything<S: Store>(make: impl AsyncFn() -> S) {
    accounts(&make().await).await;
    totp(&make().await).await;
    chains(&make().await).await;
    one_time(&make().await).await;
    token_ids(&make().await).await;
    sessions(&make().await).await;
    keys(&make().await).await;
    key_ids(&make().await).await;
    throttle(&make().await).await;
    deletion(&make().await).await;
    sweep(&make().await).await;
    crowds(&make().await).await;
}
