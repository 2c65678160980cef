//! Randomness of the operating system, and what is said where there is none.

use std::error::Error;
use std::fmt;

/// The operating system has no randomness to give, so nothing that nobody may guess can be made.
///
/// The [`source`](Error::source) says why.
///
/// # Examples
///
/// ```
/// use std::error::Error as _;
///
/// use auth_core::RandomnessError;
///
/// // What an own format of keys answers whose generator fails.
/// let error = RandomnessError::new("the generator is not seeded");
/// assert!(error.source().is_some_and(|cause| cause.to_string().contains("not seeded")));
/// ```
#[derive(Debug)]
pub struct RandomnessError(Box<dyn Error + Send + Sync>);

impl RandomnessError {
    /// Wraps the cause.
    #[must_use]
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for RandomnessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the operating system has no randomness to give")
    }
}

impl Error for RandomnessError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}

pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), RandomnessError> {
    getrandom::fill(bytes).map_err(RandomnessError::new)
}
