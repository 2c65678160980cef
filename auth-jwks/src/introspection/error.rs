//! Why a provider could not tell whether a token is active.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// A question about a token without an answer. Its causes are for the operator's log.
#[derive(Clone, Debug)]
pub struct IntrospectionError {
    kind: IntrospectionErrorKind,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// What kept the provider from telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntrospectionErrorKind {
    /// The question was given up: its runtime ended, or the client panicked.
    Aborted,
    /// There is no tokio runtime here to ask on.
    NoRuntime,
    /// The answer did not come in time.
    TimedOut,
    /// Too many questions are under way.
    TooManyQuestions,
    /// The provider gave no answer.
    Unreachable,
    /// The answer cannot be read.
    Unusable,
}

impl IntrospectionError {
    pub(super) fn with_source(kind: IntrospectionErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, source: Some(Arc::from(source.into())) }
    }

    /// What kept the provider from telling.
    #[must_use]
    pub fn kind(&self) -> IntrospectionErrorKind {
        self.kind
    }
}

impl From<IntrospectionErrorKind> for IntrospectionError {
    fn from(kind: IntrospectionErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl fmt::Display for IntrospectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            IntrospectionErrorKind::Aborted => "asking about the token was given up",
            IntrospectionErrorKind::NoRuntime => "there is no tokio runtime to ask about the token on",
            IntrospectionErrorKind::TimedOut => "the provider did not answer in time",
            IntrospectionErrorKind::TooManyQuestions => "too many questions about tokens are under way",
            IntrospectionErrorKind::Unreachable => "the provider cannot be asked about the token",
            IntrospectionErrorKind::Unusable => "the provider's answer cannot be read",
        })
    }
}

impl Error for IntrospectionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| -> &(dyn Error + 'static) { source })
    }
}
