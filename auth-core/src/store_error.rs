//! What a store or server says instead of an answer.

use std::error::Error;
use std::fmt;

use crate::reason::Reason;
use crate::verify_error::VerifyError;

/// Whoever has to be asked cannot tell: a store of records, a key server, whoever knows which tokens live.
///
/// A verifier that passes it on answers 503, and nobody passes. The cause is for the operator's log and must hold no
/// secret.
///
/// # Examples
///
/// ```
/// use std::error::Error as _;
///
/// use auth_core::{Reason, StoreError, VerifyError, VerifyErrorKind};
///
/// let error = StoreError::new("connection refused");
/// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("connection refused"));
///
/// let told = VerifyError::from(error);
/// assert_eq!((told.kind(), told.reason()), (VerifyErrorKind::Unavailable, Reason::STORE));
/// ```
#[derive(Debug)]
pub struct StoreError(Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps the cause.
    #[must_use]
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a store or server does not answer")
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}

impl From<StoreError> for VerifyError {
    fn from(error: StoreError) -> Self {
        Self::unavailable(Reason::STORE).with_source(error)
    }
}
