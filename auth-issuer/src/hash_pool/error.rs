//! Why no hash was computed.

use std::error::Error;
use std::fmt;

use auth_core::{Reason, VerifyError};

/// A job that the pool did not run to its end. Nothing follows from it about the password: the request cannot be
/// decided now (503).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashPoolError {
    kind: HashPoolErrorKind,
}

/// Why the job did not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashPoolErrorKind {
    /// The job panicked, or the runtime is shutting down, missing, or without time.
    Failed,
    /// Too many wait: all, from this source or for this name; or the turn did not come in time.
    QueueFull,
}

impl HashPoolError {
    pub(super) fn new(kind: HashPoolErrorKind) -> Self {
        Self { kind }
    }

    /// Why the job did not run.
    #[must_use]
    pub fn kind(&self) -> HashPoolErrorKind {
        self.kind
    }
}

impl fmt::Display for HashPoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            HashPoolErrorKind::Failed => "the password hash could not be computed",
            HashPoolErrorKind::QueueFull => "too many password hashes are waiting",
        })
    }
}

impl Error for HashPoolError {}

impl From<HashPoolError> for VerifyError {
    fn from(error: HashPoolError) -> Self {
        Self::unavailable(match error.kind {
            HashPoolErrorKind::Failed => crate::passwords::HASH_FAILED,
            HashPoolErrorKind::QueueFull => Reason::HASH_QUEUE,
        })
        .with_source(error)
    }
}
