//! Arithmetic with times that cannot panic.
//!
//! A time that the system cannot write has to err on the safe side, and which side that is depends on what it ends: a
//! [life](expiry) or a [limit](held_until).

use std::time::{Duration, SystemTime};

/// The end of the year 9999 in seconds since 1970: a time that every system can write.
const END_OF_TIME: Duration = Duration::from_secs(253_402_300_799);

/// When something is over that is good for `life` from `time` on: a token, a session, a chain. If that cannot be written it
/// is `time` itself, so over at once.
pub(crate) fn expiry(time: SystemTime, life: Duration) -> SystemTime {
    time.checked_add(life).unwrap_or(time)
}

/// When something is over that holds back for `duration` from `time` on: a refusal, or the memory of what was spent. If
/// that cannot be written it is the end of the year 9999, or `time` if that is later.
pub(crate) fn held_until(time: SystemTime, duration: Duration) -> SystemTime {
    let end = || SystemTime::UNIX_EPOCH.checked_add(END_OF_TIME).map_or(time, |end| end.max(time));
    time.checked_add(duration).unwrap_or_else(end)
}

/// Whole seconds since 1970, rounded down; times before that are 0.
pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// `duration` before `time`; 1970 if that cannot be written.
pub(crate) fn earlier(time: SystemTime, duration: Duration) -> SystemTime {
    time.checked_sub(duration).unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_errs_on_the_safe_side() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
        let day = Duration::from_hours(24);
        assert_eq!((expiry(now, day), held_until(now, day)), (now + day, now + day));
        assert_eq!(expiry(now, Duration::MAX), now, "a life without end is none");
        assert_eq!(held_until(now, Duration::MAX), SystemTime::UNIX_EPOCH + END_OF_TIME, "a limit without end holds");
        let late = SystemTime::UNIX_EPOCH + END_OF_TIME + day;
        assert_eq!(held_until(late, Duration::MAX), late);
    }
}
