//! A clock that stands still until a test moves it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use auth_core::Clock;

/// A [`Clock`] that a test sets. Clones show the same time.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use auth_core::Clock;
/// use auth_test::FakeClock;
///
/// let clock = FakeClock::at(1_900_000_000);
/// let before = clock.now();
/// assert_eq!(clock.now(), before, "it stands still");
///
/// // A realm takes `.clock(clock.clone())`; the test keeps the other clone.
/// clock.advance(Duration::from_secs(61));
/// assert_eq!(clock.now(), before + Duration::from_secs(61));
/// ```
#[derive(Clone, Debug)]
pub struct FakeClock(Arc<Mutex<SystemTime>>);

impl FakeClock {
    /// A clock that shows `seconds` since 1970.
    #[must_use]
    pub fn at(seconds: u64) -> Self {
        let clock = Self(Arc::new(Mutex::new(SystemTime::UNIX_EPOCH)));
        clock.advance(Duration::from_secs(seconds));
        clock
    }

    /// A clock that stands at the moment of this call: to mint tokens for a service whose realm keeps the system's
    /// clock. They are good for the five minutes that a minter gives them.
    ///
    /// ```
    /// use auth_core::Clock as _;
    /// use auth_test::FakeClock;
    ///
    /// let clock = FakeClock::stopped();
    /// assert!(clock.now() <= std::time::SystemTime::now());
    /// assert_eq!(clock.now(), clock.now());
    /// ```
    #[must_use]
    pub fn stopped() -> Self {
        Self(Arc::new(Mutex::new(SystemTime::now())))
    }

    /// Shows `time` from now on.
    pub fn set(&self, time: SystemTime) {
        *self.time() = time;
    }

    /// Shows a time later by `by`. What no clock can show leaves it as it is.
    pub fn advance(&self, by: Duration) {
        let mut time = self.time();
        *time = time.checked_add(by).unwrap_or(*time);
    }

    fn time(&self) -> MutexGuard<'_, SystemTime> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FakeClock {
    fn now(&self) -> SystemTime {
        *self.time()
    }
}
