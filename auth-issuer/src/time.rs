//! Arithmetic with times that cannot panic.

use std::time::{Duration, SystemTime};

/// `duration` after `time`; a time that the system cannot write is none, so `time` itself: expired at once.
pub(crate) fn later(time: SystemTime, duration: Duration) -> SystemTime {
    time.checked_add(duration).unwrap_or(time)
}

/// Whole seconds since 1970, rounded down; times before that are 0.
pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// `duration` before `time`; 1970 if that cannot be written.
pub(crate) fn earlier(time: SystemTime, duration: Duration) -> SystemTime {
    time.checked_sub(duration).unwrap_or(SystemTime::UNIX_EPOCH)
}
