//! How a sign-in ends.

use std::time::{Duration, SystemTime};

use auth_core::{Factor, Facts};

use super::pending::PendingToken;
use crate::accounts::Account;
use crate::secret::Secret;

/// How a sign-in ends. What a client is told of it is for the endpoint to decide, and for the endpoint to
/// [say](super::SignIn::show_only) where that is not everything.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "the largest is what a sign-in is for, and there is one at a time")]
pub enum SignInOutcome {
    /// Who it is has been proved, with everything that the account asks for.
    Granted(Granted),
    /// The password is right; the account is closed, or not open yet.
    Inactive,
    /// Everything is right, and the account needs a new password first.
    MustResetPassword {
        /// With which a new password can be chosen, for an hour; `None` if the sign-in hands none out.
        token: Option<Secret>,
    },
    /// Name and password do not belong together, or the endpoint [does not show](super::SignIn::show_only) what is in the
    /// way of the right password.
    Refused,
    /// The password is right, and the account wants a code too.
    SecondFactorNeeded {
        /// With which the sign-in can be [completed](super::SignIn::complete) by a code alone; `None` if the sign-in
        /// hands none out.
        token: Option<PendingToken>,
        /// Whether there was a code, and it was wrong. Whether that is said is for the endpoint to decide.
        is_code_wrong: bool,
    },
    /// The password is right; the account is suspended.
    Suspended,
    /// Too many attempts before have failed; nothing was looked at.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
}

/// A completed sign-in: what tokens, sessions and keys are issued for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Granted {
    /// The account, as it was read together with the password's hash.
    pub account: Account,
    /// How and when its owner proved who it is.
    pub factors: Vec<Factor>,
    /// When the sign-in was completed.
    pub auth_time: SystemTime,
}

impl Granted {
    /// A sign-in that something else has proved: a one-time link, or another service.
    #[must_use]
    pub fn new(account: Account, factors: impl IntoIterator<Item = Factor>, auth_time: SystemTime) -> Self {
        Self { account, factors: factors.into_iter().collect(), auth_time }
    }

    /// The epoch that everything issued for it carries. It was read together with the password's hash, so what is
    /// issued while the password changes is void.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.account.epoch()
    }

    /// What is known of the party.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let facts = Facts::new(self.account.id())
            .with_scopes(self.account.scopes())
            .with_roles(self.account.roles())
            .with_auth_time(self.auth_time);
        self.factors.iter().cloned().fold(facts, Facts::with_factor)
    }
}
