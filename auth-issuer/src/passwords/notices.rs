//! What owners are told by mail about their passwords.

use crate::accounts::Account;
use crate::mail::{Mail, PublicUrl};

/// What a mail is about.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Notice<'n> {
    /// The password was changed.
    Changed,
    /// Somebody has asked for a new password; who has the token may choose one.
    Reset {
        /// The token, in clear.
        token: &'n str,
    },
}

/// Writes the mails about passwords.
pub trait PasswordMails: Send + Sync + 'static {
    /// Writes a mail; `None` if the account has no address.
    fn compose(&self, account: &Account, notice: Notice<'_>) -> Option<Mail>;
}

/// Short mails in English, to accounts whose name is an address.
///
/// # Examples
///
/// ```
/// use auth_issuer::Account;
/// use auth_issuer::mail::PublicUrl;
/// use auth_issuer::passwords::{Notice, PasswordMails as _, PlainPasswordMails};
///
/// let mails = PlainPasswordMails::new("Acme", PublicUrl::parse("https://acme.example")?, "reset");
/// let alice = Account::new("1", "alice@example.com")?;
/// let mail = mails.compose(&alice, Notice::Reset { token: "abc" }).expect("an address");
/// assert_eq!(mail.to, "alice@example.com");
/// assert!(mail.text.contains("https://acme.example/reset?token=abc"));
/// assert!(mails.compose(&Account::new("2", "bob")?, Notice::Changed).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PlainPasswordMails {
    service: String,
    base: PublicUrl,
    path: String,
}

impl PlainPasswordMails {
    /// Mails of the service of that name, whose links lead to `path` below `base`.
    #[must_use]
    pub fn new(service: impl Into<String>, base: PublicUrl, path: impl Into<String>) -> Self {
        Self { service: service.into(), base, path: path.into() }
    }
}

impl PasswordMails for PlainPasswordMails {
    fn compose(&self, account: &Account, notice: Notice<'_>) -> Option<Mail> {
        let address = account.login();
        if !address.contains('@') {
            return None;
        }
        let service = &self.service;
        Some(match notice {
            Notice::Changed => Mail::new(
                address,
                format!("{service}: your password was changed"),
                format!(
                    "The password of your account at {service} was changed, and everybody was signed out.\r\n\r\n\
                     If that was not you, ask for a new password at once:\r\n\r\n{}\r\n",
                    self.base.as_str()
                ),
            ),
            Notice::Reset { token } => {
                let link = self.base.link(&self.path, &[("token", token)]);
                Mail::new(
                    address,
                    format!("{service}: choose a new password"),
                    format!(
                        "Somebody has asked for a new password of your account at {service}. If that was you, choose \
                         one here:\r\n\r\n{}\r\n\r\nThe link is good once, for an hour. If it was not you, nothing has \
                         changed, and you need not do anything.\r\n",
                        *link
                    ),
                )
            }
        })
    }
}
