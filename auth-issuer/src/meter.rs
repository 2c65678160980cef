//! Where the hash pool and events are counted: at [`crate::metrics`] if the feature is on, nowhere otherwise.
//!
//! Both sides have the same face, so that what is counted reads the same with and without the feature.

#[cfg(feature = "metrics")]
mod on {
    use std::time::Instant;

    use ::metrics::{counter, gauge, histogram};

    use crate::audit::AuditEvent;
    use crate::metrics::{EVENTS, HASH_POOL_DEPTH, HASH_POOL_REFUSALS, HASH_POOL_WAIT};

    /// The value of a label that does not apply.
    const NONE: &str = "none";

    /// A wait for a turn in the pool. Only measured, never decided by.
    pub(crate) struct Waiting(Instant);

    impl Waiting {
        pub(crate) fn begin() -> Self {
            Self(Instant::now())
        }

        pub(crate) fn end(self) {
            histogram!(HASH_POOL_WAIT).record(self.0.elapsed());
        }
    }

    pub(crate) fn place_taken() {
        gauge!(HASH_POOL_DEPTH).increment(1.0);
    }

    pub(crate) fn place_left() {
        gauge!(HASH_POOL_DEPTH).decrement(1.0);
    }

    pub(crate) fn hash_refused(reason: &'static str) {
        counter!(HASH_POOL_REFUSALS, "reason" => reason).increment(1);
    }

    pub(crate) fn recorded(event: &AuditEvent) {
        let (about, reason) = (event.about.unwrap_or(NONE), event.reason.map_or(NONE, auth_core::Reason::as_str));
        counter!(EVENTS, "event" => event.name.as_str(), "about" => about, "reason" => reason).increment(1);
    }
}

#[cfg(not(feature = "metrics"))]
mod off {
    use crate::audit::AuditEvent;

    pub(crate) struct Waiting;

    impl Waiting {
        pub(crate) fn begin() -> Self {
            Self
        }

        #[expect(clippy::unused_self, reason = "the same face as with the feature")]
        pub(crate) fn end(self) {}
    }

    pub(crate) fn place_taken() {}

    pub(crate) fn place_left() {}

    pub(crate) fn hash_refused(_: &'static str) {}

    pub(crate) fn recorded(_: &AuditEvent) {}
}

#[cfg(not(feature = "metrics"))]
pub(crate) use off::{Waiting, hash_refused, place_left, place_taken, recorded};
#[cfg(feature = "metrics")]
pub(crate) use on::{Waiting, hash_refused, place_left, place_taken, recorded};
