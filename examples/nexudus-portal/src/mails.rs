//! What customers are told by mail. The portal has no pages, so mails bring tokens for the app to be pasted into, no
//! links.

use auth_issuer::Account;
use auth_issuer::mail::Mail;
use auth_issuer::passwords::{Notice, PasswordMails};

/// The mails about passwords.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PortalMails;

impl PasswordMails for PortalMails {
    fn compose(&self, account: &Account, notice: Notice<'_>) -> Option<Mail> {
        match notice {
            Notice::Reset { token } => to(
                account.login(),
                "Your new password",
                &format!(
                    "Somebody has asked for a new password of your account. If that was you, this is the token to choose \
                     one with:\r\n\r\n{token}\r\n\r\nIt is good once, for an hour. If it was not you, nothing has \
                     changed, and you need not do anything.\r\n"
                ),
            ),
            _ => to(
                account.login(),
                "Your password was changed",
                "The password of your account was changed. If that was not you, ask for a new password at once.\r\n",
            ),
        }
    }
}

/// The mail with a one-time token.
pub(crate) fn one_time(address: &str, token: &str) -> Option<Mail> {
    to(
        address,
        "Your one-time token",
        &format!(
            "This token signs you in, once, within ten minutes:\r\n\r\n{token}\r\n\r\nIf you have not asked for it, you \
             need not do anything.\r\n"
        ),
    )
}

/// A mail, if the name of the account is an address.
fn to(address: &str, subject: &str, text: &str) -> Option<Mail> {
    address.contains('@').then(|| Mail::new(address, subject, text))
}
