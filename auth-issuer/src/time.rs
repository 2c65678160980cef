//! Arithmetic with times that cannot panic.

use std::time::{Duration, SystemTime};

/// The end of the year 9999 in seconds since 1970: a time that every system can write, and every verifier read.
const END_OF_TIME: Duration = Duration::from_secs(253_402_300_799);

/// `duration` after `time`, at most the end of the year 9999, or `time` if that is later: what is to last as long as
/// nobody can say lasts long, be it a lifetime, a refusal or the memory of what was spent.
pub(crate) fn later(time: SystemTime, duration: Duration) -> SystemTime {
    let end = SystemTime::UNIX_EPOCH.checked_add(END_OF_TIME).map_or(time, |end| end.max(time));
    time.checked_add(duration).map_or(end, |later| later.min(end))
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
    fn what_cannot_be_written_lasts_long() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
        let (day, end) = (Duration::from_hours(24), SystemTime::UNIX_EPOCH + END_OF_TIME);
        assert_eq!(later(now, day), now + day);
        assert_eq!(later(now, Duration::MAX), end);
        assert_eq!(later(now, END_OF_TIME), end, "it could be written, but not everywhere");
        assert_eq!(later(end + day, Duration::MAX), end + day);
    }
}
