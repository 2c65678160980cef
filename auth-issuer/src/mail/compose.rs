//! Mails as messages (RFC 5322).

use std::time::SystemTime;

use auth_core::{ConfigError, ConfigErrorKind};
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;

use super::mailer::{Mail, MailError};

/// Reads the address that mails come from: `Acme <no-reply@acme.example>`.
pub(super) fn sender(text: &str) -> Result<Mailbox, ConfigError> {
    text.parse().map_err(|error: lettre::address::AddressError| {
        ConfigError::new(
            ConfigErrorKind::Mail,
            format!(
                "`{}` cannot be the sender of mails ({error}); write it like `Acme <no-reply@acme.example>`",
                text.escape_default()
            ),
        )
        .with_source(error)
    })
}

/// Writes a mail as a message. Addresses are parsed, and header values encoded, so nothing in them begins a new field.
pub(super) fn message(from: &Mailbox, mail: &Mail) -> Result<Message, MailError> {
    let to = mail.to.parse().map_err(|_quotes_the_address: lettre::address::AddressError| {
        MailError::permanent("the address of an account is not one")
    })?;
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .date(SystemTime::now())
        .message_id(None)
        .subject(mail.subject.as_str())
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text.to_string())
        .map_err(MailError::permanent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_mail_begins_a_new_field() {
        let from = sender("Acme <no-reply@acme.example>").expect("good");
        let mail = Mail::new("alice@example.com", "Hi\r\nBcc: mallory@example.com", "Grüße\r\nBcc: no field\r\n");
        let message = message(&from, &mail).expect("a message").formatted();
        let text = String::from_utf8_lossy(&message).into_owned();
        let (head, _) = text.split_once("\r\n\r\n").expect("head and body");
        assert!(!head.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc:")), "{head}");
        assert!(head.contains("To: alice@example.com"), "{head}");
    }

    #[test]
    fn an_address_that_is_none_is_refused_and_not_quoted() {
        let from = sender("no-reply@acme.example").expect("good");
        for to in ["", "alice", "alice@example.com\r\nBcc: mallory@example.com", "a@b.example, c@d.example"] {
            let error = message(&from, &Mail::new(to, "Hi", "..")).expect_err(to);
            assert!(error.is_permanent());
            assert!(!format!("{error:?}").contains("alice"), "{error:?}");
        }
        assert!(sender("nobody").expect_err("no address").to_string().contains("nobody"));
    }
}
