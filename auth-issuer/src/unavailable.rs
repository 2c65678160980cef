//! A service that could not decide.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use auth_core::{RandomnessError, Reason, StoreError, VerifyError};

use crate::hash_pool::{HashPoolError, HashPoolErrorKind};
use crate::hashing::HashError;
use crate::scope::MalformedScope;

/// Nothing could be decided, because something that a service needs did not answer. It is neither a refusal nor a success:
/// the request is answered with 503, and the caller may try again.
///
/// `Display` may be shown to the caller; the cause is the [`source`](Error::source), for the operator.
#[derive(Debug)]
pub struct Unavailable {
    reason: Reason,
    cause: Box<dyn Error + Send + Sync>,
}

impl Unavailable {
    /// The operating system has no randomness.
    pub const NO_RANDOMNESS: Reason = Reason::custom("no_randomness");
    /// Attempts in flight fill a limit on guessing, and none of them came to an end in time.
    pub const THROTTLE_BUSY: Reason = Reason::custom("throttle_busy");
    /// An audit event could not be recorded, and [nothing is done without](crate::audit::OnSinkFailure::Fail).
    pub const AUDIT_FAILED: Reason = Reason::custom("audit_failed");
    /// A stored secret could not be opened: none of the keys has sealed it, or it is not for this account.
    pub const SEALED: Reason = Reason::custom("sealed_secret");
    /// A token was to hold a scope that is [none](auth_core::claims::is_scope_token).
    pub const MALFORMED_SCOPE: Reason = Reason::custom("malformed_scope");
    /// A token could not be signed.
    pub const SIGNING: Reason = Reason::custom("signing_failed");
    /// Too many mails are waiting.
    pub const MAIL_QUEUE: Reason = Reason::custom("mail_queue_full");

    /// How long the caller is asked to wait: the `Retry-After` of every 503 of this framework.
    pub const RETRY_AFTER: Duration = Duration::from_secs(5);

    /// Says what did not answer. The cause must hold no secret.
    #[must_use]
    pub fn new(reason: Reason, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { reason, cause: cause.into() }
    }

    /// The stable name of the reason, for logs.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Tells the operator the reason and the cause, as an event: for endpoints that write their own answers. Verifiers
    /// need not, since a decision tells its cause by itself.
    pub fn report(&self) {
        let cause: &(dyn Error + 'static) = self.cause.as_ref();
        tracing::error!(auth.reason = %self.reason, cause, "nothing can be decided");
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot decide now")
    }
}

impl Error for Unavailable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.cause.as_ref())
    }
}

impl From<StoreError> for Unavailable {
    fn from(error: StoreError) -> Self {
        Self::new(Reason::STORE, error)
    }
}

impl From<RandomnessError> for Unavailable {
    fn from(error: RandomnessError) -> Self {
        Self::new(Self::NO_RANDOMNESS, error)
    }
}

impl From<HashError> for Unavailable {
    fn from(error: HashError) -> Self {
        Self::new(crate::passwords::HASH_FAILED, error)
    }
}

impl From<HashPoolError> for Unavailable {
    fn from(error: HashPoolError) -> Self {
        let reason = match error.kind() {
            HashPoolErrorKind::QueueFull => Reason::HASH_QUEUE,
            HashPoolErrorKind::Failed => crate::passwords::HASH_FAILED,
        };
        Self::new(reason, error)
    }
}

impl From<MalformedScope> for Unavailable {
    fn from(error: MalformedScope) -> Self {
        Self::new(Self::MALFORMED_SCOPE, error)
    }
}

#[cfg(feature = "jwt")]
impl From<crate::keys::SigningError> for Unavailable {
    fn from(error: crate::keys::SigningError) -> Self {
        Self::new(Self::SIGNING, error)
    }
}

impl From<Unavailable> for VerifyError {
    fn from(error: Unavailable) -> Self {
        Self::unavailable(error.reason).with_source(error.cause)
    }
}
