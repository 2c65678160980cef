//! What decisions count and time, through the facade of the `metrics` crate.
//!
//! Without a recorder nothing is kept. The labels are few by construction: a realm's name, a scheme's name, and words
//! of closed lists. No subject, no path and nothing else that a request brings is a label.
//!
//! | metric | kind | labels |
//! | --- | --- | --- |
//! | [`DECISION_SECONDS`] | histogram | `realm`, `scheme`, `outcome` |
//! | [`REFUSALS`] | counter | `realm`, `scheme`, `outcome` |
//! | [`CHALLENGES`] | counter | `realm`, `outcome` |
//! | [`OUTAGES`] | counter | `realm`, `scheme`, `reason` |
//! | [`CACHE_LOOKUPS`] | counter | `realm`, `scheme`, `result` |
//!
//! A label that does not apply is `none`: the scheme of a request without credentials, the realm where a layer is
//! missing.

use ::metrics::{Unit, describe_counter, describe_histogram};

/// How long it took from a request's head to the verdict, in seconds. Public endpoints decide nothing.
pub const DECISION_SECONDS: &str = "auth_decision_seconds";

/// Requests that were refused, those of a handler's own `ensure` among them.
pub const REFUSALS: &str = "auth_refusals_total";

/// Refusals that said how to do better, by a `WWW-Authenticate` field.
pub const CHALLENGES: &str = "auth_challenges_total";

/// Requests that could not be decided, because a store, a key server or a hash queue did not answer.
pub const OUTAGES: &str = "auth_outages_total";

/// Credentials that were looked for in the [cache](crate::cache): `hit` or `miss`.
pub const CACHE_LOOKUPS: &str = "auth_cache_lookups_total";

/// Tells the recorder what the metrics mean; call it once, after the recorder is installed.
///
/// # Examples
///
/// ```
/// // After, say, `PrometheusBuilder::new().install_recorder()?`:
/// auth_core::metrics::describe();
/// ```
pub fn describe() {
    describe_histogram!(DECISION_SECONDS, Unit::Seconds, "Time from a request's head to the verdict.");
    describe_counter!(REFUSALS, Unit::Count, "Requests that were refused.");
    describe_counter!(CHALLENGES, Unit::Count, "Refusals with a WWW-Authenticate field.");
    describe_counter!(OUTAGES, Unit::Count, "Requests that could not be decided.");
    describe_counter!(CACHE_LOOKUPS, Unit::Count, "Credentials that were looked for in the cache.");
}
