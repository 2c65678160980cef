//! Mails by SMTP.

use std::fmt;
use std::time::Duration;

use auth_core::{ConfigError, ConfigErrorKind};
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use url::Url;

use super::compose::{message, sender};
use super::mailer::{Mail, MailError, Mailer};
use crate::address::is_this_machine;

/// Sends mails through a server that speaks SMTP.
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// Sends through the server at `url`: `smtps://user@mail.example` (TLS), `smtp://user@mail.example?tls=required`
    /// (STARTTLS), or `smtp://127.0.0.1:1025` (neither, on this very machine). The password is given apart, since URLs end
    /// up in logs.
    ///
    /// # Errors
    ///
    /// If the URL cannot be read, has a password, or does without TLS to another machine, or the sender is not an address.
    ///
    /// # Security
    ///
    /// Mails hold the links that open accounts, and the server's password goes the same way: whoever reads the traffic
    /// without TLS, or strips a STARTTLS that is not required (`tls=opportunistic`), has both.
    pub fn new(url: &str, password: Option<&str>, from: &str) -> Result<Self, ConfigError> {
        let server = read(url)?;
        if !is_private(&server) {
            return Err(complain(&format!(
                "`{server}` does not demand TLS, and whoever reads along has the links in mails and the server's password; \
                 write `smtps://`, or add `?tls=required`"
            )));
        }
        Self::connect(&server, password, from)
    }

    /// The same without a demand for TLS, whatever the server.
    ///
    /// # Errors
    ///
    /// If the URL cannot be read or has a password, or the sender is not an address.
    ///
    /// # Security
    ///
    /// Weakens the check, and says so in the log if it matters: who can read the traffic to the server has every link in
    /// every mail, such as that of a new password, and the server's password too.
    pub fn new_insecure(url: &str, password: Option<&str>, from: &str) -> Result<Self, ConfigError> {
        let server = read(url)?;
        if !is_private(&server) {
            tracing::warn!(address = server.as_str(), "mails go without TLS, where others read their secrets");
        }
        Self::connect(&server, password, from)
    }

    fn connect(server: &Url, password: Option<&str>, from: &str) -> Result<Self, ConfigError> {
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(server.as_str())
            .map_err(|error| complain(&error.to_string()).with_source(error))?
            .timeout(Some(Duration::from_secs(20)));
        if let Some(password) = password {
            builder = builder.credentials(Credentials::new(server.username().to_owned(), password.to_owned()));
        }
        Ok(Self { transport: builder.build(), from: sender(from)? })
    }
}

fn read(url: &str) -> Result<Url, ConfigError> {
    let server = Url::parse(url).map_err(|error| complain(&error.to_string()).with_source(error))?;
    if server.password().is_some() {
        return Err(complain("it holds a password; give it apart"));
    }
    Ok(server)
}

/// Whether nobody reads what goes to this server: TLS is demanded, or it is this very machine.
fn is_private(server: &Url) -> bool {
    let tls = server.query_pairs().find(|(name, _)| name == "tls");
    let demands_tls = match server.scheme() {
        "smtps" => true,
        "smtp" => tls.is_some_and(|(_, value)| value == "required"),
        _ => false,
    };
    demands_tls || server.host_str().is_some_and(is_this_machine)
}

fn complain(why: &str) -> ConfigError {
    let text = format!("the URL of the mail server is refused ({why}); write it like `smtps://user@mail.example`");
    ConfigError::new(ConfigErrorKind::Mail, text)
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

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: &str = "Acme <no-reply@acme.example>";

    #[tokio::test]
    async fn another_machine_is_spoken_to_with_tls_only() {
        for url in [
            "smtps://user@mail.example",
            "smtps://mail.example:465",
            "smtp://user@mail.example?tls=required",
            "smtp://127.0.0.1:1025",
            "smtp://localhost",
            "smtp://[::1]:1025?tls=opportunistic",
        ] {
            assert!(SmtpMailer::new(url, None, FROM).is_ok(), "{url}");
        }
        for url in [
            "smtp://user@mail.example",
            "smtp://mail.example:587",
            "smtp://192.0.2.1",
            "smtp://user@mail.example?tls=opportunistic",
            "smtp://mail.example?TLS=required",
            "smtp://mail.example?tls=opportunistic&tls=required",
            "smtp://localhost.example",
            "smtp://127.0.0.1.example",
            "smtp://user@mail.example#?tls=required",
        ] {
            let error = SmtpMailer::new(url, Some("hush"), FROM).expect_err(url).to_string();
            assert!(error.contains(url) && error.contains("`?tls=required`") && !error.contains("hush"), "{error}");
            assert!(SmtpMailer::new_insecure(url, None, FROM).is_ok(), "{url}");
        }
        for url in
            ["smtps://user:hush@mail.example", "smtp://user:hush@127.0.0.1", "http://mail.example", "mail.example"]
        {
            for made in [SmtpMailer::new(url, None, FROM), SmtpMailer::new_insecure(url, None, FROM)] {
                let error = made.expect_err(url).to_string();
                assert!(error.contains("smtps://user@mail.example") && !error.contains("hush"), "{error}");
            }
        }
    }
}
