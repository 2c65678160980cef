//! What remote key sets count, through the facade of the `metrics` crate.
//!
//! Without a recorder nothing is kept. The one label besides the result is the address of the keys or the issuer, as it
//! was configured: nothing that a request brings.
//!
//! | metric | kind | labels |
//! | --- | --- | --- |
//! | [`FETCHES`] | counter | `address`, `result` |
//! | [`KEYS`] | gauge | `address` |
//! | [`FETCHED_AT`] | gauge | `address` |

use ::metrics::{Unit, describe_counter, describe_gauge};

/// Questions to a provider that have ended: `ok`, or `failed` without a set that can be used.
pub const FETCHES: &str = "auth_jwks_fetches_total";

/// How many keys the last good set has.
pub const KEYS: &str = "auth_jwks_keys";

/// When the last good set came, in seconds since 1970: its age is the present time less this. Beyond
/// [`max_stale`](crate::keys::RemoteKeySetBuilder::max_stale) nobody with a token gets in.
pub const FETCHED_AT: &str = "auth_jwks_fetched_timestamp_seconds";

/// Tells the recorder what the metrics mean; call it once, after the recorder is installed.
///
/// # Examples
///
/// ```
/// // After, say, `PrometheusBuilder::new().install_recorder()?`:
/// auth_jwks::metrics::describe();
/// ```
pub fn describe() {
    describe_counter!(FETCHES, Unit::Count, "Questions to a provider of keys that have ended.");
    describe_gauge!(KEYS, Unit::Count, "Keys of the last good set.");
    describe_gauge!(FETCHED_AT, Unit::Seconds, "When the last good set came, in seconds since 1970.");
}
