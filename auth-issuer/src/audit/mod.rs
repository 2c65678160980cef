//! Audit events: who did what, when, and with which result (OWASP's logging vocabulary).
//!
//! Services tell an [`Audit`] about every change and every refusal that matters. It hands the event to a sink: by
//! default to `tracing`, under the target [`TRACING_TARGET`], so that a subscriber can keep it apart from other logs.
//!
//! # Security
//!
//! No event holds a password, a code, a token, the name of an account or an address: accounts are named by their id
//! (OWASP: no personal data in logs). An unknown name appears as a keyed digest, for people type their passwords into the
//! wrong field; so does the id of a client that has an `@`, for some systems make it of their user's address.

mod event;
mod sink;

pub use event::{AuditEvent, AuditName};
pub use sink::{AuditError, AuditSink, TRACING_TARGET, TracingSink};

use std::fmt;
use std::sync::Arc;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

use crate::accounts::Account;
use crate::digest_key::DigestKey;
use crate::meter;
use crate::unavailable::Unavailable;
use sink::AnySink;

/// Records the events of services. Clones share one sink.
///
/// # Examples
///
/// ```
/// use auth_issuer::audit::{Audit, AuditError, AuditEvent, AuditSink, OnSinkFailure};
///
/// struct Outage;
/// impl AuditSink for Outage {
///     async fn record(&self, _: &AuditEvent) -> Result<(), AuditError> {
///         Err(AuditError::new("the disk is full"))
///     }
/// }
///
/// let strict = Audit::new(Outage).on_failure(OnSinkFailure::Fail);
/// ```
#[derive(Clone)]
pub struct Audit {
    sink: Arc<dyn AnySink>,
    on_failure: OnSinkFailure,
    key: Option<DigestKey>,
}

/// What becomes of a request whose event cannot be recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnSinkFailure {
    /// It goes on; the failure is an `error!` in the log.
    #[default]
    Proceed,
    /// It is answered with "cannot decide now". What it has changed already stays changed, and nothing is handed out.
    Fail,
}

impl Audit {
    /// Records events in `sink`. Names are digested under a random key.
    #[must_use]
    pub fn new(sink: impl AuditSink) -> Self {
        // Without randomness names are left out, which is no less safe.
        Self { sink: Arc::new(sink), on_failure: OnSinkFailure::default(), key: DigestKey::random().ok() }
    }

    /// Says what becomes of a request whose event cannot be recorded.
    #[must_use]
    pub fn on_failure(mut self, on_failure: OnSinkFailure) -> Self {
        self.on_failure = on_failure;
        self
    }

    /// Digests unknown names under this key, so that the digests of several nodes and runs compare.
    #[must_use]
    pub fn with_digest_key(mut self, key: DigestKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Records an event.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the sink fails and [nothing is done without](OnSinkFailure::Fail).
    pub async fn record(&self, event: AuditEvent) -> Result<(), Unavailable> {
        meter::recorded(&event);
        let Err(error) = self.sink.record(&event).await else { return Ok(()) };
        let cause: &(dyn std::error::Error + 'static) = &error;
        tracing::error!(event = event.name.as_str(), cause, "an audit event is lost");
        match self.on_failure {
            OnSinkFailure::Proceed => Ok(()),
            OnSinkFailure::Fail => Err(Unavailable::new(Unavailable::AUDIT_FAILED, error)),
        }
    }

    /// The event, with the id of the account, or a digest of the name that no account has.
    pub(crate) fn naming(&self, event: AuditEvent, account: Option<&Account>, name: &str) -> AuditEvent {
        match account {
            Some(account) => event.with_account(account.id()),
            None => event.with_name_digest(self.digest_name(name)),
        }
    }

    /// The event, with its client. An id with an `@` may be an address, and is digested as names are.
    pub(crate) fn naming_client(&self, event: AuditEvent, client: &str) -> AuditEvent {
        if !client.contains('@') {
            return event.with_client(client);
        }
        match self.digest_name(client) {
            Some(digest) => event.with_client(&format!("digest:{digest}")),
            None => event,
        }
    }

    /// What stands in an event for a name that no account has: 22 characters, equal for equal names.
    #[must_use]
    pub fn digest_name(&self, name: &str) -> Option<String> {
        let digest = self.key.as_ref()?.digest("audit name", &[name.as_bytes()]);
        digest.first_chunk::<16>().map(|short| BASE64_URL_SAFE_NO_PAD.encode(short))
    }
}

/// To `tracing`; a failure is impossible there.
impl Default for Audit {
    fn default() -> Self {
        Self::new(TracingSink::default())
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").field("on_failure", &self.on_failure).finish_non_exhaustive()
    }
}
