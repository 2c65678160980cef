//! Arithmetic with times that cannot panic.

use std::time::{Duration, SystemTime};

/// `duration` after `time`; a time that the system cannot write is none, so `time` itself: expired at once.
pub(crate) fn later(time: SystemTime, duration: Duration) -> SystemTime {
    time.checked_add(duration).unwrap_or(time)
}
