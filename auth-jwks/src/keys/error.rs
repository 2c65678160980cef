//! Why there is no new key set.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Keys that could not be fetched. Its causes are for the operator's log.
#[derive(Clone, Debug)]
pub struct KeySetError {
    kind: KeySetErrorKind,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// What kept a key set from being fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySetErrorKind {
    /// The question was given up: its runtime ended, or the client panicked.
    Aborted,
    /// The discovery document cannot be used.
    Discovery,
    /// There is no tokio runtime here to ask on.
    NoRuntime,
    /// The provider did not answer a moment ago; it is too early to ask again.
    RecentlyFailed,
    /// The answer did not come in the time that a request waits.
    TimedOut,
    /// Too many requests wait already.
    TooManyWaiting,
    /// The provider gave no answer.
    Unreachable,
    /// The key set cannot be used.
    Unusable,
}

impl KeySetError {
    pub(super) fn new(kind: KeySetErrorKind) -> Self {
        Self { kind, source: None }
    }

    pub(super) fn with_source(kind: KeySetErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, source: Some(Arc::from(source.into())) }
    }

    /// What kept the set from being fetched.
    #[must_use]
    pub fn kind(&self) -> KeySetErrorKind {
        self.kind
    }
}

impl fmt::Display for KeySetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            KeySetErrorKind::Aborted => "fetching the keys was given up",
            KeySetErrorKind::Discovery => "the discovery document cannot be used",
            KeySetErrorKind::NoRuntime => "there is no tokio runtime to fetch the keys on",
            KeySetErrorKind::RecentlyFailed => "the keys could not be fetched a moment ago",
            KeySetErrorKind::TimedOut => "the keys did not come in time",
            KeySetErrorKind::TooManyWaiting => "too many requests wait for the keys",
            KeySetErrorKind::Unreachable => "the keys cannot be fetched",
            KeySetErrorKind::Unusable => "the key set cannot be used",
        })
    }
}

impl Error for KeySetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| -> &(dyn Error + 'static) { source })
    }
}
