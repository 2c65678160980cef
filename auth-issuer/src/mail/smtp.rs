//! Mails by SMTP.

use std::fmt;
use std::time::Duration;

use auth_core::{ConfigError, ConfigErrorKind};
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::compose::{message, sender};
use super::mailer::{Mail, MailError, Mailer};

/// Sends mails through a server that speaks SMTP.
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// Sends through the server at `url`: `smtps://user@mail.example` (TLS), `smtp://user@mail.example?tls=required`
    /// (STARTTLS), or `smtp://127.0.0.1:1025` (neither). The password is given apart, since URLs end up in logs.
    ///
    /// # Errors
    ///
    /// If the URL cannot be read or has a password, or the sender is no address.
    pub fn new(url: &str, password: Option<&str>, from: &str) -> Result<Self, ConfigError> {
        let complain = |why: &str| {
            let text =
                format!("the URL of the mail server is refused ({why}); write it like `smtps://user@mail.example`");
            ConfigError::new(ConfigErrorKind::Value, text)
        };
        let parsed = url::Url::parse(url).map_err(|error| complain(&error.to_string()))?;
        if parsed.password().is_some() {
            return Err(complain("it holds a password; give it apart"));
        }
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| complain(&error.to_string()))?
            .timeout(Some(Duration::from_secs(20)));
        if let Some(password) = password {
            builder = builder.credentials(Credentials::new(parsed.username().to_owned(), password.to_owned()));
        }
        Ok(Self { transport: builder.build(), from: sender(from)? })
    }
}

impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = message(&self.from, mail)?;
        match self.transport.send(message).await {
            Ok(_response) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailError::permanent(error)),
            Err(error) => Err(MailError::temporary(error)),
        }
    }
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer").finish_non_exhaustive()
    }
}
