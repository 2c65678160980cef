//! The verifier of names and passwords, as Basic presents them (RFC 7617).
//!
//! A name and a password succeed only for an account that is active, has no second factor and need not reset its
//! password, and that the service [serves](PasswordVerifier::admit_only_if). Every other case looks and costs like a wrong password: one refusal, one hash, and it counts as a failed
//! attempt (see [`throttle`](crate::throttle)).
//!
//! # Deployment
//!
//! While stored hashes have other parameters than today's, a wrong password for such an account takes another time
//! than an unknown name, if the account is one that may sign in this way. Each sign-in stores a hash anew; accounts whose
//! owners never sign in keep the difference.
//!
//! Basic sends the password with every request: serve it over TLS only.
//!
//! A realm believes a right password again for 30 seconds without a hash, if the store tells
//! [of changes](AccountStore::revocations): the next request sees each of them.

use std::fmt;
use std::sync::Arc;

use auth_core::cache::Caching;
use auth_core::credential::BasicCredentials;
use auth_core::{Attempt, Claims, Factor, Facts, Reason, Verified, Verifier, VerifyError};

use super::check::{Checked, PasswordCheck, Worth};
use crate::accounts::{Account, AccountStore, Admits, everybody};
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::hash_pool::HashPool;
use crate::sign_in::SignIn;
use crate::throttle::{Settled, Throttle};

/// Believes names and passwords of accounts.
///
/// The value of what it verifies is the account's [attributes](Account::attributes), so a derived
/// [`Principal`](auth_core::Principal) can be made of it. Among the facts are the account's id as the subject, its
/// roles and scopes, and the factor `pwd` at the time of the request.
///
/// # Errors
///
/// Refused with [`Reason::WRONG_PASSWORD`], with [`Reason::ACCOUNT_STATE`] where the account may not sign in this way, or
/// with [`SignIn::NOT_ADMITTED`]: only the operator sees the difference. Throttled where too many have failed before. 503 if the store does not
/// answer, or the [pool](HashPool) has no place.
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
/// use auth_core::credential::BasicCredentials;
/// use auth_core::{Attempt, Source, Verifier as _};
/// use auth_issuer::{Account, HashPool, MemoryAccounts, PasswordHash, PasswordVerifier};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = HashPool::default();
/// let accounts = MemoryAccounts::new();
/// let hash = PasswordHash::create(b"correct horse", pool.params())?;
/// accounts.insert(Account::new("1", "alice")?.with_password_hash(hash))?;
/// let passwords = PasswordVerifier::new(accounts, pool);
///
/// let attempt = Attempt::new(SystemTime::now(), Source::Unknown);
/// let verified = passwords.verify(BasicCredentials::new("Alice", "correct horse"), attempt).await?;
/// assert_eq!(verified.facts().subject, "1");
/// assert!(passwords.verify(BasicCredentials::new("alice", "battery staple"), attempt).await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PasswordVerifier<S> {
    check: PasswordCheck<S>,
    admit: Admits,
    audit: Audit,
}

impl<S: AccountStore> PasswordVerifier<S> {
    /// A verifier of the passwords of `accounts`, which computes hashes in `pool` and counts failures in this process. Where
    /// several serve, [`Nodes::check_passwords`](crate::Nodes::check_passwords) refuses that.
    #[must_use]
    pub fn new(accounts: S, pool: HashPool) -> Self {
        let check = PasswordCheck { accounts, pool, throttle: Throttle::in_memory() };
        Self { check, admit: everybody(), audit: Audit::default() }
    }

    /// Turns accounts away that the service does not serve, as [`SignIn::admit_only_if`] does: give both the same rule. They
    /// look and cost like a wrong password, whatever the password is. The rule may look at the account alone: a realm that
    /// believes a password again does not ask it.
    #[must_use]
    pub fn admit_only_if(mut self, admit: impl Fn(&Account) -> bool + Send + Sync + 'static) -> Self {
        self.admit = Arc::new(admit);
        self
    }

    /// Counts failures elsewhere: together with those of the sign-in, or of other nodes.
    #[must_use]
    pub fn with_throttle(mut self, throttle: Throttle) -> Self {
        self.check.throttle = throttle;
        self
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.check.throttle
    }

    /// Records events elsewhere: refusals, and successes but for those that a realm
    /// [believes again](auth_core::cache).
    #[must_use]
    pub fn with_audit(mut self, audit: Audit) -> Self {
        self.audit = audit;
        self
    }

    /// Whatever may not sign in this way costs what an unknown name costs.
    fn worth(&self, account: &Account) -> Worth {
        if self.useless(account).is_none() { Worth::Entry } else { Worth::Nothing }
    }

    /// Why the right password of an account is refused like a wrong one, if it is.
    fn useless(&self, account: &Account) -> Option<Reason> {
        if !(self.admit)(account) {
            return Some(SignIn::<S>::NOT_ADMITTED);
        }
        (!account.admits_password_alone()).then_some(Reason::ACCOUNT_STATE)
    }
}

impl<S: AccountStore> Verifier<BasicCredentials> for PasswordVerifier<S> {
    type Value = Claims;

    async fn verify(&self, credentials: BasicCredentials, attempt: Attempt) -> Result<Verified<Claims>, VerifyError> {
        let (user, password) = (credentials.user(), credentials.password());
        let refused = |name, account: Option<&Account>, reason| {
            let event = AuditEvent::new(name, &attempt).about("basic").because(reason);
            self.audit.record(self.audit.naming(event, account, user))
        };
        let worth = |account: &Account| self.worth(account);
        let (account, is_right, place) = match self.check.check(user, password, &attempt, worth).await? {
            Checked::Answered { account, is_right, place } => (account, is_right, place),
            Checked::Throttled { retry_after } => {
                refused(AuditName::LOGIN_FAIL_MAX, None, Reason::THROTTLED).await?;
                return Err(VerifyError::throttled(retry_after));
            }
        };
        match account {
            Some(account) if is_right && self.useless(&account).is_none() => {
                let event = AuditEvent::new(AuditName::LOGIN_SUCCESS, &attempt).with_account(account.id());
                self.audit.record(event.about("basic")).await?;
                place.settle(Settled::Success).await?;
                Ok(Verified::new(facts(&account, &attempt), account.attributes().clone()))
            }
            account => {
                // A right password that may not be used has to look like a wrong one here, and so is counted.
                place.settle(Settled::Failure).await?;
                let useless = account.as_ref().and_then(|account| self.useless(account));
                let reason = useless.unwrap_or(Reason::WRONG_PASSWORD);
                refused(AuditName::LOGIN_FAIL, account.as_ref(), reason).await?;
                Err(VerifyError::refused(reason))
            }
        }
    }

    /// For 30 seconds, if the store tells [of changes](AccountStore::revocations). Refusals are computed each time.
    fn caching(&self) -> Option<Caching> {
        self.check.accounts.revocations().map(Caching::of_passwords)
    }
}

impl<S: fmt::Debug> fmt::Debug for PasswordVerifier<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordVerifier").field("check", &self.check).finish_non_exhaustive()
    }
}

fn facts(account: &Account, attempt: &Attempt) -> Facts {
    Facts::new(account.id())
        .with_scopes(account.scopes())
        .with_roles(account.roles())
        .with_factor(Factor::new("pwd").at(attempt.now))
        .with_auth_time(attempt.now)
}

#[cfg(test)]
mod tests;
