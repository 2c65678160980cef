//! Why a provider gave no answer.

use std::error::Error;
use std::fmt;

/// A question that got no answer. Its cause is for the operator's log and must hold no secret.
#[derive(Debug)]
pub struct FetchError {
    kind: FetchErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What went wrong with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchErrorKind {
    /// The address is not one that may be asked.
    Address,
    /// The provider answered with another status than 200.
    Status(u16),
    /// The answer was not complete in time.
    TimedOut,
    /// The answer is longer than 256 KiB.
    TooLong,
    /// No connection, or one that broke.
    Transport,
}

impl FetchError {
    /// An error without a cause.
    #[must_use]
    pub fn new(kind: FetchErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Adds the cause, for the operator's log. It must not hold a secret.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> FetchErrorKind {
        self.kind
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FetchErrorKind::Address => f.write_str("the address may not be asked"),
            FetchErrorKind::Status(status) => write!(f, "the provider answered with status {status}, not 200"),
            FetchErrorKind::TimedOut => f.write_str("the provider did not answer in time"),
            FetchErrorKind::TooLong => f.write_str("the provider's answer is longer than 256 KiB"),
            FetchErrorKind::Transport => f.write_str("the provider cannot be reached"),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| -> &(dyn Error + 'static) { source })
    }
}
