//! One event.

use std::fmt;
use std::time::SystemTime;

use auth_core::{Attempt, Reason, Source};

use crate::text::shown;

/// The name of an event.
///
/// The constants are OWASP's, from its Logging Vocabulary Cheat Sheet, without the part after the colon: that is in
/// the fields of the [event](AuditEvent).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuditName(&'static str);

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl AuditName {
            $($(#[$doc])* pub const $name: Self = Self($text);)*
        }
    };
}

names! {
    /// A sign-in was completed.
    LOGIN_SUCCESS = "authn_login_success";
    /// A sign-in was refused.
    LOGIN_FAIL = "authn_login_fail";
    /// A sign-in was refused because there were too many before.
    LOGIN_FAIL_MAX = "authn_login_fail_max";
    /// A password was changed or reset.
    PASSWORD_CHANGE = "authn_password_change";
    /// A password was not changed.
    PASSWORD_CHANGE_FAIL = "authn_password_change_fail";
    /// A token, key or one-time secret was made.
    TOKEN_CREATED = "authn_token_created";
    /// A token, chain of tokens or everything issued to an account was withdrawn.
    TOKEN_REVOKED = "authn_token_revoked";
    /// A token or key that was spent, withdrawn or disabled came again.
    TOKEN_REUSE = "authn_token_reuse";
    /// A key was deleted, or a one-time secret redeemed.
    TOKEN_DELETE = "authn_token_delete";
    /// Too many requests of a kind, such as for mails.
    RATE_LIMIT_EXCEEDED = "excess_rate_limit_exceeded";
    /// What a key permits was changed.
    PERMISSIONS_CHANGED = "privilege_permissions_changed";
    /// A session has begun.
    SESSION_CREATED = "session_created";
    /// A session goes on after its account's epoch was raised in it.
    SESSION_RENEWED = "session_renewed";
    /// A session was ended.
    SESSION_EXPIRED = "session_expired";
    /// An account was changed; its second factor, for example.
    USER_UPDATED = "user_updated";
}

impl AuditName {
    /// A name of one's own: lower case with underscores.
    #[must_use]
    pub const fn custom(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for AuditName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEvent {
    /// Its name.
    pub name: AuditName,
    /// The time of the request (UTC).
    pub at: SystemTime,
    /// Where the request came from.
    pub source: Source,
    /// The id of the account.
    pub account: Option<String>,
    /// A [keyed digest](super::Audit::digest_name) of the name that was given, where no account has it.
    pub name_digest: Option<String>,
    /// The public id of the credential: of a chain, key, session or signed token.
    pub credential: Option<String>,
    /// The client, escaped, at most 64 characters; `digest:` and a [keyed digest](super::Audit::digest_name) if its id
    /// has an `@`.
    pub client: Option<String>,
    /// What it was about: a factor, a purpose, a kind of token.
    pub about: Option<&'static str>,
    /// Why.
    pub reason: Option<Reason>,
}

impl AuditEvent {
    /// An event of the request that `attempt` describes.
    #[must_use]
    pub fn new(name: AuditName, attempt: &Attempt) -> Self {
        Self {
            name,
            at: attempt.now,
            source: attempt.source,
            account: None,
            name_digest: None,
            credential: None,
            client: None,
            about: None,
            reason: None,
        }
    }

    /// Names the account.
    #[must_use]
    pub fn with_account(mut self, id: &str) -> Self {
        self.account = Some(id.to_owned());
        self
    }

    /// Names the credential by its public id.
    #[must_use]
    pub fn with_credential(mut self, id: &str) -> Self {
        self.credential = Some(shown(id));
        self
    }

    /// Names the client, as it is: see that its id is nobody's address.
    #[must_use]
    pub fn with_client(mut self, client: &str) -> Self {
        self.client = Some(shown(client));
        self
    }

    /// Says what it was about.
    #[must_use]
    pub fn about(mut self, what: &'static str) -> Self {
        self.about = Some(what);
        self
    }

    /// Says why.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    pub(crate) fn with_name_digest(mut self, digest: Option<String>) -> Self {
        self.name_digest = digest;
        self
    }
}
