//! What verifiers say instead of a verified value.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::principal::PrincipalError;
use crate::reason::Reason;

/// Why a verifier does not believe a credential, or cannot tell.
///
/// # Examples
///
/// ```
/// use auth_core::{Reason, VerifyError, VerifyErrorKind};
///
/// const ON_HOLIDAY: Reason = Reason::custom("on_holiday"); // for the log; the caller gets 401 and no reason
/// let refused = VerifyError::refused(ON_HOLIDAY);
/// assert_eq!((refused.kind(), refused.reason().as_str()), (VerifyErrorKind::Refused, "on_holiday"));
///
/// let down = VerifyError::unavailable(Reason::STORE).with_source("connection refused"); // 503, and nobody passes
/// assert_eq!(down.kind(), VerifyErrorKind::Unavailable);
/// ```
#[derive(Debug)]
pub struct VerifyError {
    kind: VerifyErrorKind,
    reason: Reason,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What a [`VerifyError`] means for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyErrorKind {
    /// The credential is not good: 401.
    Refused,
    /// The caller guesses too fast: 429.
    Throttled {
        /// How long the caller has to wait; sent in whole seconds, rounded up.
        retry_after: Duration,
    },
    /// Nothing can be decided now, because a store, a key server or a queue does not answer: 503.
    Unavailable,
}

impl VerifyError {
    /// The credential is not good.
    #[must_use]
    pub fn refused(reason: Reason) -> Self {
        Self { kind: VerifyErrorKind::Refused, reason, source: None }
    }

    /// The caller guesses too fast.
    #[must_use]
    pub fn throttled(retry_after: Duration) -> Self {
        Self { kind: VerifyErrorKind::Throttled { retry_after }, reason: Reason::THROTTLED, source: None }
    }

    /// Nothing can be decided now.
    #[must_use]
    pub fn unavailable(reason: Reason) -> Self {
        Self { kind: VerifyErrorKind::Unavailable, reason, source: None }
    }

    /// Adds the cause, for the operator's log. It must not hold a secret.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What the error means for the request.
    #[must_use]
    pub fn kind(&self) -> VerifyErrorKind {
        self.kind
    }

    /// The stable name of the reason.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            VerifyErrorKind::Refused => "credentials refused",
            VerifyErrorKind::Throttled { .. } => "too many attempts",
            VerifyErrorKind::Unavailable => "cannot decide now",
        })
    }
}

impl Error for VerifyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| -> &(dyn Error + 'static) { source })
    }
}

impl From<PrincipalError> for VerifyError {
    fn from(error: PrincipalError) -> Self {
        Self::refused(Reason::PRINCIPAL).with_source(error)
    }
}
