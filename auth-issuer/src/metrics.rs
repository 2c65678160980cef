//! What this crate counts and times, through the facade of the `metrics` crate.
//!
//! Without a recorder nothing is kept. The labels are few by construction, words of closed lists: no name, no address and
//! nothing else that a request brings.
//!
//! | metric | kind | labels |
//! | --- | --- | --- |
//! | [`EVENTS`] | counter | `event`, `about`, `reason` |
//! | [`HASH_POOL_DEPTH`] | gauge | |
//! | [`HASH_POOL_WAIT`] | histogram | |
//! | [`HASH_POOL_REFUSALS`] | counter | `reason` |
//!
//! A label that does not apply is `none`.

use ::metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// [Audit events](crate::audit), whatever becomes of them in their sink: sign-ins that were completed, refused or throttled,
/// and everything else that has a name there.
pub const EVENTS: &str = "auth_issuer_events_total";

/// Places that are taken in the [pools](crate::hash_pool) of the process: hashes that run and those that wait.
pub const HASH_POOL_DEPTH: &str = "auth_hash_pool_depth";

/// How long hashes waited for their turn, in seconds. Those that were refused are not among them.
pub const HASH_POOL_WAIT: &str = "auth_hash_pool_wait_seconds";

/// Hashes that were refused: `no_place`, or `waited` too long.
pub const HASH_POOL_REFUSALS: &str = "auth_hash_pool_refusals_total";

/// Tells the recorder what the metrics mean; call it once, after the recorder is installed.
///
/// # Examples
///
/// ```
/// // After, say, `PrometheusBuilder::new().install_recorder()?`:
/// auth_issuer::metrics::describe();
/// ```
pub fn describe() {
    describe_counter!(EVENTS, Unit::Count, "Audit events.");
    describe_gauge!(HASH_POOL_DEPTH, Unit::Count, "Password hashes that run or wait.");
    describe_histogram!(HASH_POOL_WAIT, Unit::Seconds, "Time that a password hash waited for its turn.");
    describe_counter!(HASH_POOL_REFUSALS, Unit::Count, "Password hashes that were refused.");
}
