//! Times as the documented systems write them.

use std::time::{SystemTime, UNIX_EPOCH};

/// Whole seconds since 1970, rounded down; times before that are 0.
#[must_use]
pub fn unix_time(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn is_whole_seconds_and_never_before_1970() {
        assert_eq!(unix_time(UNIX_EPOCH + Duration::from_millis(1_999)), 1);
        assert_eq!(unix_time(UNIX_EPOCH - Duration::from_secs(1)), 0);
    }
}
