//! Times and sources of tests.

use std::time::{Duration, SystemTime};

use auth_core::{Attempt, Source};

pub(crate) fn after(seconds: u64) -> Attempt {
    from(1, seconds)
}

/// A request of source `n`, `seconds` later.
pub(crate) fn from(n: u8, seconds: u64) -> Attempt {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    Attempt::new(now + Duration::from_secs(seconds), Source::of([192, 0, 2, n].into()))
}
