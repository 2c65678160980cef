//! Changing a password.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth_core::credential::Password;
use auth_core::{Attempt, Reason};

use super::check::{Checked, PasswordCheck, Worth};
use super::notices::{Notice, PasswordMails};
use super::policy::{PasswordPolicy, PolicyViolation};
use crate::accounts::{Account, AccountAdmin};
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::hash_pool::{HashPool, Hasher, Requester};
use crate::hashing::PasswordHash;
use crate::mail::MailQueue;
use crate::throttle::{Settled, Throttle};
use crate::to_the_end::to_the_end;
use crate::unavailable::Unavailable;

/// Sets and changes passwords, within a [policy](PasswordPolicy).
///
/// A new password raises the account's epoch: sessions, tokens, chains and one-time secrets of before are void. The
/// session in which the owner has changed it may be [carried over](crate::sessions::Sessions::carry), so may a
/// signed token (`LiveTokens::carry`).
///
/// A change that has begun goes on to its end, and is told, even if the caller goes away: nobody changes a password without
/// a notice to its owner and an audit event by breaking the connection off in time.
#[derive(Clone)]
pub struct Passwords<A> {
    check: PasswordCheck<Arc<A>>,
    policy: PasswordPolicy,
    mail: Option<(MailQueue, Arc<dyn PasswordMails>)>,
    audit: Audit,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum PasswordChange {
    /// The password is changed.
    Changed {
        /// The account's new epoch.
        epoch: u64,
    },
    /// The account has changed meanwhile; start again.
    Stale,
    /// Too many attempts before were wrong.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The new password may not be chosen.
    Weak(Vec<PolicyViolation>),
    /// The current password is wrong.
    WrongPassword,
}

impl<A: AccountAdmin> Passwords<A> {
    /// Changes passwords of `accounts`. Hashes are computed in `pool`; wrong current passwords are counted by
    /// `throttle`, as those of a sign-in are.
    #[must_use]
    pub fn new(accounts: A, pool: HashPool, throttle: Throttle, policy: PasswordPolicy) -> Self {
        let check = PasswordCheck { accounts: Arc::new(accounts), pool, throttle };
        Self { check, policy, mail: None, audit: Audit::default() }
    }

    /// Tells owners by mail that their password was changed.
    #[must_use]
    pub fn with_notices(mut self, queue: MailQueue, mails: impl PasswordMails) -> Self {
        self.mail = Some((queue, Arc::new(mails)));
        self
    }

    /// The same, unless owners are told already.
    pub(super) fn with_notices_of(mut self, queue: &MailQueue, mails: &Arc<dyn PasswordMails>) -> Self {
        self.mail.get_or_insert_with(|| (queue.clone(), Arc::clone(mails)));
        self
    }

    /// Records events elsewhere.
    #[must_use]
    pub fn with_audit(mut self, audit: Audit) -> Self {
        self.audit = audit;
        self
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &PasswordPolicy {
        &self.policy
    }

    /// Changes the password of an account whose owner is signed in and knows the current one.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer or the pool has no place.
    pub async fn change(
        &self,
        account: &Account,
        current: &Password,
        new: &Password,
        attempt: &Attempt,
    ) -> Result<PasswordChange, Unavailable> {
        let login = account.login_key().as_str();
        let (found, is_right, place) = match self.check.check(login, current, attempt, |_| Worth::Answer).await? {
            Checked::Answered { account, is_right, place } => (account, is_right, place),
            Checked::Throttled { retry_after } => {
                self.refused(account, Reason::THROTTLED, attempt).await?;
                return Ok(PasswordChange::Throttled { retry_after });
            }
        };
        let is_same = found.is_some_and(|found| found.id() == account.id() && found.epoch() == account.epoch());
        if !is_right {
            place.settle(Settled::Failure).await?;
            self.refused(account, Reason::WRONG_PASSWORD, attempt).await?;
            return Ok(PasswordChange::WrongPassword);
        }
        place.settle(Settled::Abandoned).await?;
        if !is_same {
            return Ok(PasswordChange::Stale);
        }
        self.set(account, new, attempt).await
    }

    /// Sets the password of an account without the current one: for whoever has the right in another way, such as an
    /// administrator. Whether the caller may do that is for the caller to decide.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer or the pool has no place.
    pub async fn set(
        &self,
        account: &Account,
        new: &Password,
        attempt: &Attempt,
    ) -> Result<PasswordChange, Unavailable> {
        let violations = self.policy.check(new, account).await?;
        if !violations.is_empty() {
            return Ok(PasswordChange::Weak(violations));
        }
        let hash = self.hash(account, new, attempt).await?;
        let Some(epoch) = self.store(account, hash, attempt).await? else { return Ok(PasswordChange::Stale) };
        Ok(PasswordChange::Changed { epoch })
    }

    /// The accounts.
    pub(super) fn accounts(&self) -> &Arc<A> {
        &self.check.accounts
    }

    /// The hash of a password that the policy allows.
    pub(super) async fn hash(
        &self,
        account: &Account,
        new: &Password,
        attempt: &Attempt,
    ) -> Result<PasswordHash, Unavailable> {
        let requester = Requester::new(attempt.source, account.login_key().as_str());
        let password = new.clone();
        let job = move |hasher: &Hasher| hasher.create(password.reveal().as_bytes());
        Ok(self.check.pool.run(requester, job).await??)
    }

    /// Stores a new hash, tells it, and returns the new epoch; `None` if the account has changed meanwhile.
    pub(super) async fn store(
        &self,
        account: &Account,
        hash: PasswordHash,
        attempt: &Attempt,
    ) -> Result<Option<u64>, Unavailable> {
        let (accounts, mail, audit) = (Arc::clone(&self.check.accounts), self.mail.clone(), self.audit.clone());
        let event = AuditEvent::new(AuditName::PASSWORD_CHANGE, attempt).with_account(account.id());
        let account = account.clone();
        to_the_end(async move {
            let epoch = accounts.set_password(account.id(), account.epoch(), hash).await?;
            if epoch.is_some() {
                notify(mail.as_ref(), account);
                audit.record(event).await?;
            }
            Ok(epoch)
        })
        .await
    }

    async fn refused(&self, account: &Account, reason: Reason, attempt: &Attempt) -> Result<(), Unavailable> {
        let event = AuditEvent::new(AuditName::PASSWORD_CHANGE_FAIL, attempt).with_account(account.id());
        self.audit.record(event.because(reason)).await
    }
}

/// The password is changed whether or not there is a place for the mail.
fn notify(mail: Option<&(MailQueue, Arc<dyn PasswordMails>)>, account: Account) {
    let Some((queue, mails)) = mail else { return };
    match queue.place() {
        Ok(place) => {
            let mails = Arc::clone(mails);
            place.put(async move { mails.compose(&account, Notice::Changed) });
        }
        Err(error) => {
            let cause: &(dyn std::error::Error + 'static) = &error;
            tracing::error!(cause, "the notice of a new password was not sent");
        }
    }
}

impl<A> fmt::Debug for Passwords<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("policy", &self.policy).finish_non_exhaustive()
    }
}
