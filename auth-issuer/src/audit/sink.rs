//! Where events go.

use std::error::Error;
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

use super::event::AuditEvent;

/// The target of the events that go to `tracing`.
pub const TRACING_TARGET: &str = "auth::audit";

/// Keeps events.
pub trait AuditSink: Send + Sync + 'static {
    /// Records an event; returns when it is safe.
    ///
    /// # Errors
    ///
    /// [`AuditError`] if it could not be recorded.
    fn record(&self, event: &AuditEvent) -> impl Future<Output = Result<(), AuditError>> + Send;
}

/// An event that could not be recorded.
#[derive(Debug)]
pub struct AuditError(Box<dyn Error + Send + Sync>);

impl AuditError {
    /// Wraps the cause.
    #[must_use]
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the audit event could not be recorded")
    }
}

impl Error for AuditError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}

/// Events as `info!` of `tracing`, one field for each of theirs.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct TracingSink;

impl AuditSink for TracingSink {
    fn record(&self, event: &AuditEvent) -> impl Future<Output = Result<(), AuditError>> + Send {
        tracing::info!(
            target: TRACING_TARGET,
            event = event.name.as_str(),
            auth.source = ?event.source,
            auth.account = event.account.as_deref(),
            auth.name_digest = event.name_digest.as_deref(),
            auth.credential = event.credential.as_deref(),
            auth.client = event.client.as_deref(),
            auth.about = event.about,
            auth.reason = event.reason.map(auth_core::Reason::as_str),
        );
        ready(Ok(()))
    }
}

/// A sink of any type.
pub(super) trait AnySink: Send + Sync {
    fn record<'a>(&'a self, event: &'a AuditEvent)
    -> Pin<Box<dyn Future<Output = Result<(), AuditError>> + Send + 'a>>;
}

impl<S: AuditSink> AnySink for S {
    fn record<'a>(
        &'a self,
        event: &'a AuditEvent,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditError>> + Send + 'a>> {
        Box::pin(AuditSink::record(self, event))
    }
}
