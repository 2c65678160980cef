//! What sends mail.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A mail of plain text.
///
/// # Security
///
/// A mail may hold a link that opens an account: `Debug` shows nothing of it, not even to whom it goes.
#[derive(Clone)]
#[non_exhaustive]
pub struct Mail {
    /// The address that it goes to: one that is stored, never one from a request.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: Zeroizing<String>,
}

impl Mail {
    /// A mail.
    #[must_use]
    pub fn new(to: impl Into<String>, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { to: to.into(), subject: subject.into(), text: Zeroizing::new(text.into()) }
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mail(..)")
    }
}

/// Sends mail.
pub trait Mailer: Send + Sync + 'static {
    /// Sends a mail; returns when somebody else has taken it over.
    ///
    /// # Errors
    ///
    /// [`MailError`] if nobody has.
    fn send(&self, mail: &Mail) -> impl Future<Output = Result<(), MailError>> + Send;
}

/// Mailers are shared as they are.
impl<M: Mailer> Mailer for Arc<M> {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        M::send(self, mail).await
    }
}

/// A mail that was not sent. The cause must hold nothing of the mail's text.
#[derive(Debug)]
pub struct MailError {
    cause: Box<dyn Error + Send + Sync>,
    is_permanent: bool,
}

impl MailError {
    /// Another try may succeed.
    #[must_use]
    pub fn temporary(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: cause.into(), is_permanent: false }
    }

    /// Another try would fail too: there is no such address, for example.
    #[must_use]
    pub fn permanent(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: cause.into(), is_permanent: true }
    }

    /// Whether another try would fail too.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.is_permanent
    }
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the mail could not be sent")
    }
}

impl Error for MailError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.cause.as_ref())
    }
}
