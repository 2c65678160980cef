//! Choosing a new password without the old one.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth_core::credential::Password;
use auth_core::{Attempt, Reason};

use super::change::Passwords;
use super::notices::{Notice, PasswordMails};
use super::policy::PolicyViolation;
use crate::accounts::{Account, AccountAdmin, AccountState, Admits, everybody};
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::hashing::PasswordHash;
use crate::login_key::LoginKey;
use crate::mail::MailQueue;
use crate::one_time::{self, OneTimeRecord, OneTimeStore, Purpose, Slot};
use crate::throttle::Throttle;
use crate::to_the_end::to_the_end;
use crate::unavailable::Unavailable;

/// How long a link is good.
const LIFE: Duration = Duration::from_hours(1);

/// Lets owners who have forgotten their password choose a new one, by a link that is mailed to them.
///
/// - Known and unknown names get the same answer after the same work: the secret is made and sent later, by the worker
///   of the [queue](MailQueue). Three mails an hour for one address, existing or not.
/// - Asking changes nothing: earlier links and the password stay good.
/// - A new password never signs in, and takes no second factor away. Everything issued before is void, and a notice is
///   sent: as [`Passwords::with_notices`] says, or through the queue that sends the links.
/// - A token is not spent in vain because the caller goes away: from then on the password is set and told to the end.
#[derive(Clone)]
pub struct PasswordReset<O, A> {
    secrets: O,
    passwords: Passwords<A>,
    throttle: Throttle,
    queue: MailQueue,
    mails: Arc<dyn PasswordMails>,
    admit: Admits,
    audit: Audit,
}

/// What became of a request for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum ResetBegun {
    /// A mail is on its way, if there is such an account and it may be used.
    Accepted {
        /// Whether there is. Say so only where that is not a secret.
        is_known: bool,
    },
    /// Too many mails were asked for.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
}

/// What became of a new password.
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub enum ResetCompleted {
    /// The password is set.
    Done {
        /// The account, as it was before.
        account: Account,
        /// Its new epoch.
        epoch: u64,
        /// What the token was for. After [`Purpose::MUST_RESET`] every factor of the account was used a moment ago, by
        /// the sign-in that has handed the token out; after [`Purpose::RESET_PASSWORD`] nothing but a mail was read.
        purpose: Purpose,
    },
    /// The token is not good, whatever the reason.
    InvalidToken,
    /// The password may not be chosen. The token is still good.
    Weak(Vec<PolicyViolation>),
}

impl<O: OneTimeStore + Clone, A: AccountAdmin + Clone> PasswordReset<O, A> {
    /// Keeps secrets in `secrets`, sets passwords through `passwords`, and sends what `mails` writes through `queue`.
    #[must_use]
    pub fn new(
        secrets: O,
        passwords: Passwords<A>,
        throttle: Throttle,
        queue: MailQueue,
        mails: impl PasswordMails,
    ) -> Self {
        let mails: Arc<dyn PasswordMails> = Arc::new(mails);
        let passwords = passwords.with_notices_of(&queue, &mails);
        Self { secrets, passwords, throttle, queue, mails, admit: everybody(), audit: Audit::default() }
    }

    /// Turns accounts away that the service does not serve, such as those of another place. They get no mail, and look
    /// like an unknown name; a token of theirs is not good here.
    #[must_use]
    pub fn admit_only_if(mut self, admit: impl Fn(&Account) -> bool + Send + Sync + 'static) -> Self {
        self.admit = Arc::new(admit);
        self
    }

    /// Records events elsewhere.
    #[must_use]
    pub fn with_audit(mut self, audit: Audit) -> Self {
        self.audit = audit;
        self
    }

    /// Sends a link to the owner of an account. It goes to the stored address, whatever the request writes.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer or too many mails wait; alike for known and unknown names.
    pub async fn begin(&self, login: &str, attempt: &Attempt) -> Result<ResetBegun, Unavailable> {
        if let Some(retry_after) = self.throttle.admit_mail(login, attempt).await? {
            let event = AuditEvent::new(AuditName::RATE_LIMIT_EXCEEDED, attempt).about("password_reset");
            self.audit.record(self.audit.naming(event, None, login)).await?;
            return Ok(ResetBegun::Throttled { retry_after });
        }
        let place = self.queue.place()?;
        let account = match LoginKey::parse(login).ok() {
            Some(key) => self.passwords.accounts().find_account(&key).await?,
            None => None,
        };
        let may_reset = |account: &Account| {
            matches!(account.state(), AccountState::Active | AccountState::MustReset) && (self.admit)(account)
        };
        let account = account.filter(may_reset);
        let event = AuditEvent::new(Self::REQUESTED, attempt).about("password_reset");
        self.audit.record(self.audit.naming(event, account.as_ref(), login)).await?;
        let is_known = account.is_some();
        let (secrets, mails, now) = (self.secrets.clone(), Arc::clone(&self.mails), attempt.now);
        place.put(async move {
            let account = account?;
            let purpose = Purpose::RESET_PASSWORD;
            let secret = match one_time::issue(&secrets, &account, purpose, LIFE, Slot::Free, now).await {
                // Three are live, and the owner has them.
                Ok(issued) => issued?,
                Err(error) => {
                    let cause: &(dyn std::error::Error + 'static) = &error;
                    tracing::error!(cause, "no link for a new password could be made");
                    return None;
                }
            };
            mails.compose(&account, Notice::Reset { token: secret.reveal() })
        });
        Ok(ResetBegun::Accepted { is_known })
    }

    /// Looks at a token without spending it, and returns the account whose password it can change, for a page that asks for
    /// the new one and says whose it is; `None` if it is not good, whatever the reason.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer.
    pub async fn peek(&self, token: &str, attempt: &Attempt) -> Result<Option<Account>, Unavailable> {
        Ok(self.find(token, attempt).await?.map(|(account, _)| account))
    }

    /// Sets a new password for a token that was mailed, or that a sign-in has handed out. The token is spent, and all
    /// others of the account are void.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer or the pool has no place. If the store failed while it spent the token,
    /// or after that, the token counts as spent.
    pub async fn complete(
        &self,
        token: &str,
        new: &Password,
        attempt: &Attempt,
    ) -> Result<ResetCompleted, Unavailable> {
        let Some((account, record)) = self.find(token, attempt).await? else {
            return self.invalid(None, attempt).await;
        };
        let violations = self.passwords.policy().check(new, &account).await?;
        if !violations.is_empty() {
            return Ok(ResetCompleted::Weak(violations));
        }
        // Before the token is spent: a full pool costs its owner nothing.
        let hash = self.passwords.hash(&account, new, attempt).await?;
        let (reset, attempt) = (self.clone(), *attempt);
        to_the_end(async move { reset.spend(account, record, hash, &attempt).await }).await
    }

    /// Spends a token and sets the password.
    async fn spend(
        &self,
        account: Account,
        record: OneTimeRecord,
        hash: PasswordHash,
        attempt: &Attempt,
    ) -> Result<ResetCompleted, Unavailable> {
        if !self.secrets.redeem_one_time(&record, attempt.now).await? {
            return self.invalid(Some(&account), attempt).await;
        }
        match self.passwords.store(&account, hash, attempt).await? {
            Some(epoch) => Ok(ResetCompleted::Done { account, epoch, purpose: record.purpose }),
            None => self.invalid(Some(&account), attempt).await,
        }
    }

    async fn find(&self, token: &str, attempt: &Attempt) -> Result<Option<(Account, OneTimeRecord)>, Unavailable> {
        for purpose in [Purpose::RESET_PASSWORD, Purpose::MUST_RESET] {
            let accounts = self.passwords.accounts();
            let found = one_time::find(&self.secrets, accounts, purpose, token, attempt.now).await?;
            if let Some((found, record)) = found.filter(|(found, _)| (self.admit)(&found.account)) {
                return Ok(Some((found.account, record)));
            }
        }
        Ok(None)
    }

    async fn invalid(&self, account: Option<&Account>, attempt: &Attempt) -> Result<ResetCompleted, Unavailable> {
        let mut event = AuditEvent::new(AuditName::PASSWORD_CHANGE_FAIL, attempt).about("password_reset");
        event.account = account.map(|account| account.id().to_owned());
        self.audit.record(event.because(Reason::UNKNOWN_CREDENTIAL)).await?;
        Ok(ResetCompleted::InvalidToken)
    }
}

impl<O, A> PasswordReset<O, A> {
    /// The name of the event of a request for a link; OWASP has none for it.
    pub const REQUESTED: AuditName = AuditName::custom("authn_password_reset_requested");
}

impl<O, A> fmt::Debug for PasswordReset<O, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordReset").field("passwords", &self.passwords).finish_non_exhaustive()
    }
}
