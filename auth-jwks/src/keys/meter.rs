//! Where fetches are counted: at [`crate::metrics`] if the feature is on, nowhere otherwise.

#[cfg(feature = "metrics")]
mod on {
    use std::time::SystemTime;

    use ::metrics::{SharedString, counter, gauge};

    use crate::keys::location::Location;
    use crate::metrics::{FETCHED_AT, FETCHES, KEYS};

    fn address(location: &Location) -> SharedString {
        SharedString::from(location.to_string())
    }

    /// A good set of so many keys has come.
    pub(in crate::keys) fn fetched(location: &Location, keys: usize) {
        let address = address(location);
        counter!(FETCHES, "address" => address.clone(), "result" => "ok").increment(1);
        gauge!(KEYS, "address" => address.clone()).set(u32::try_from(keys).map_or(f64::INFINITY, f64::from));
        // A clock before 1970 is none.
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        gauge!(FETCHED_AT, "address" => address).set(now.as_secs_f64());
    }

    /// None has come.
    pub(in crate::keys) fn failed(location: &Location) {
        counter!(FETCHES, "address" => address(location), "result" => "failed").increment(1);
    }
}

#[cfg(not(feature = "metrics"))]
mod off {
    use crate::keys::location::Location;

    pub(in crate::keys) fn fetched(_: &Location, _: usize) {}

    pub(in crate::keys) fn failed(_: &Location) {}
}

#[cfg(not(feature = "metrics"))]
pub(super) use off::{failed, fetched};
#[cfg(feature = "metrics")]
pub(super) use on::{failed, fetched};
