//! The service.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::{Attempt, Factor, Reason};

use super::obstacle::{Obstacle, Shown};
use super::outcome::{Granted, SignInOutcome};
use super::pending::{Pending, PendingToken};
use super::request::SignInRequest;
use crate::accounts::{Account, AccountState, AccountStore, Admits, everybody};
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::hash_pool::HashPool;
use crate::login_key::LoginKey;
use crate::one_time::{self, OneTimeStore, Purpose, SomeOneTimeStore};
use crate::passwords::{Checked, PasswordCheck, Worth};
use crate::secret::Secret;
use crate::throttle::{Settled, Throttle};
use crate::to_the_end::told;
use crate::token_ids::{SomeTokenIds, TokenIdStore};
use crate::totp::{AnyTotp, CodeOutcome, Totp, TotpStore};
use crate::unavailable::Unavailable;

/// How long a new password can be chosen after a sign-in that demands one.
const MUST_RESET_LIFE: Duration = Duration::from_hours(1);

/// Signs owners of accounts in.
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
/// use auth_core::{Attempt, Source};
/// use auth_issuer::throttle::Throttle;
/// use auth_issuer::{Account, HashPool, MemoryStore, PasswordHash, SignIn, SignInOutcome, SignInRequest};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (store, pool) = (MemoryStore::new(), HashPool::default());
/// let hash = PasswordHash::create(b"correct horse", pool.params())?;
/// store.accounts().insert(Account::new("1", "alice")?.with_password_hash(hash))?;
///
/// let sign_in = SignIn::new(store, pool, Throttle::in_memory());
/// let attempt = Attempt::new(SystemTime::now(), Source::Unknown);
/// let outcome = sign_in.sign_in(&SignInRequest::new("Alice", "correct horse"), &attempt).await?;
/// let SignInOutcome::Granted(granted) = outcome else { panic!("the right password") };
/// assert_eq!(granted.account.id(), "1");
///
/// let outcome = sign_in.sign_in(&SignInRequest::new("alice", "battery staple"), &attempt).await?;
/// assert!(matches!(outcome, SignInOutcome::Refused));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SignIn<A> {
    passwords: PasswordCheck<A>,
    only: Option<String>,
    admit: Admits,
    shown: Shown,
    totp: Option<Arc<dyn AnyTotp>>,
    must_reset: Option<SomeOneTimeStore>,
    two_steps: Option<SomeTokenIds>,
    audit: Audit,
}

impl<A: AccountStore> SignIn<A> {
    /// Signs in to the accounts of `accounts`. Hashes are computed in `pool`, failures counted by `throttle`.
    ///
    /// Without [`with_totp`](Self::with_totp) nobody signs in whose account has a second factor.
    #[must_use]
    pub fn new(accounts: A, pool: HashPool, throttle: Throttle) -> Self {
        Self {
            passwords: PasswordCheck { accounts, pool, throttle },
            only: None,
            admit: everybody(),
            shown: Shown::all(),
            totp: None,
            must_reset: None,
            two_steps: None,
            audit: Audit::default(),
        }
    }

    /// Signs in to the account of that name only, with a password and without a name. A request with a name is refused
    /// like a wrong password.
    #[must_use]
    pub fn for_one_account(mut self, login: impl Into<String>) -> Self {
        self.only = Some(login.into());
        self
    }

    /// Turns accounts away that the service does not serve, such as those of another place. They look and cost like a
    /// wrong password, whatever the password is.
    ///
    /// # Security
    ///
    /// The rule is asked when somebody signs in, and nowhere else: give it to every other service of the place that lets an
    /// account in. [`PasswordVerifier`](crate::PasswordVerifier::admit_only_if) and
    /// [`PasswordReset`](crate::passwords::PasswordReset::admit_only_if) are other ways in;
    /// [`RefreshTokens`](crate::refresh::RefreshTokens::admit_only_if),
    /// [`AccountTokens`](crate::tokens::AccountTokens::admit_only_if), [`Sessions`](crate::sessions::Sessions::admit_only_if),
    /// [`ApiKeys`](crate::api_keys::ApiKeys::admit_only_if) and
    /// [`OneTimeSecrets`](crate::one_time::OneTimeSecrets::admit_only_if) would go on believing what was issued to an account
    /// that does not pass the rule any more, or to one of another place that shares their store.
    ///
    /// [`LiveTokens`](crate::tokens::LiveTokens) by itself, as the state of a verifier of one's own, has no such rule, and
    /// neither has a change of password by [`Passwords`](crate::passwords::Passwords), which starts from an account that was
    /// let in.
    #[must_use]
    pub fn admit_only_if(mut self, admit: impl Fn(&Account) -> bool + Send + Sync + 'static) -> Self {
        self.admit = Arc::new(admit);
        self
    }

    /// Hides what is in the way of a right password, but for `obstacles`. Where a hidden one is met the password looks,
    /// costs and counts like a wrong one: the outcome is [`SignInOutcome::Refused`]. Another call hides more, never less;
    /// without one everything is shown.
    ///
    /// # Security
    ///
    /// Say here whatever the endpoint answers like a wrong password. A right password that is not refused is no failed
    /// guess, so it is never throttled: behind an answer that is the same, that alone tells a guesser who has found it.
    /// The owners of such accounts are throttled with their right password in exchange.
    ///
    /// Where the second factor is hidden and a request has a code, the password has to be compared. A wrong code, and too
    /// many of them, are refused like a wrong password then, but take the queries of the second factor longer. Old hashes of
    /// such accounts are not renewed here.
    ///
    /// # Examples
    ///
    /// ```
    /// # use auth_issuer::{HashPool, MemoryStore, SignIn, Throttle};
    /// use auth_issuer::sign_in::Obstacle;
    ///
    /// # let sign_in = SignIn::new(MemoryStore::new(), HashPool::default(), Throttle::in_memory());
    /// // An endpoint with an answer of its own for accounts that are not activated, and one answer for all else.
    /// let sign_in = sign_in.show_only([Obstacle::Inactive]);
    /// ```
    #[must_use]
    pub fn show_only(mut self, obstacles: impl IntoIterator<Item = Obstacle>) -> Self {
        self.shown.keep(&obstacles.into_iter().collect::<Vec<_>>());
        self
    }

    /// Checks second factors.
    #[must_use]
    pub fn with_totp<T: TotpStore>(mut self, totp: Totp<T>) -> Self {
        self.totp = Some(Arc::new(totp));
        self
    }

    /// Hands a token to owners who need a new password: one that replaces its predecessor and is good for an hour. It
    /// has the purpose [`Purpose::MUST_RESET`].
    #[must_use]
    pub fn with_reset_tokens(mut self, store: impl OneTimeStore) -> Self {
        self.must_reset = Some(SomeOneTimeStore::new(store));
        self
    }

    /// Hands a token to owners who still need a code, with which they [complete](Self::complete) the sign-in: good for
    /// five minutes, once, and for nothing else. `spent` remembers those that are spent.
    ///
    /// Any number of them is good at once, so whoever knows the password keeps nobody from completing. None permits a
    /// guess more: wrong codes are counted for the account. They are sealed under the keys of [`Totp`]: without
    /// [`with_totp`](Self::with_totp) there are none.
    #[must_use]
    pub fn in_two_steps(mut self, spent: impl TokenIdStore) -> Self {
        self.two_steps = Some(Arc::new(spent));
        self
    }

    /// Records events elsewhere.
    #[must_use]
    pub fn with_audit(mut self, audit: Audit) -> Self {
        self.audit = audit;
        self
    }

    /// Signs in.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer or the pool has no place; nothing follows about the password.
    pub async fn sign_in(&self, request: &SignInRequest, attempt: &Attempt) -> Result<SignInOutcome, Unavailable> {
        let login = match (&self.only, &request.login) {
            (Some(only), None) => only.as_str(),
            (None, Some(login)) => login.as_str(),
            // No account has this name, so it costs what an unknown name costs.
            (Some(_), Some(_)) | (None, None) => "",
        };
        let useless = |account: &Account| self.useless(account, request.code.is_some());
        let worth = |account: &Account| match account.state() {
            _ if useless(account).is_some() => Worth::Nothing,
            // The code may be wrong, and a hash that is renewed would tell that the password was right.
            AccountState::Active if account.has_second_factor() && !self.shown.has(Obstacle::SecondFactorNeeded) => {
                Worth::Answer
            }
            AccountState::Active => Worth::Entry,
            AccountState::Inactive | AccountState::MustReset | AccountState::Suspended => Worth::Answer,
        };
        let (account, is_right, place) = match self.passwords.check(login, &request.password, attempt, worth).await? {
            Checked::Answered { account, is_right, place } => (account, is_right, place),
            Checked::Throttled { retry_after } => {
                self.refused(AuditName::LOGIN_FAIL_MAX, None, login, Reason::THROTTLED, attempt).await?;
                return Ok(SignInOutcome::Throttled { retry_after });
            }
        };
        let account = match account {
            Some(account) if is_right && useless(&account).is_none() => account,
            account => {
                place.settle(Settled::Failure).await?;
                let reason = account.as_ref().and_then(useless).unwrap_or(Reason::WRONG_PASSWORD);
                self.refused(AuditName::LOGIN_FAIL, account.as_ref(), login, reason, attempt).await?;
                return Ok(SignInOutcome::Refused);
            }
        };
        let pwd = Factor::new("pwd").at(attempt.now);
        let outcome = self.after_password(account, pwd, request.code.as_deref(), attempt).await?;
        // A right password is no failed guess where the caller learns that it is right; only a completed sign-in clears
        // the others. What is refused counts, since a limit that spares it would tell.
        place
            .settle(match outcome {
                SignInOutcome::Granted(_) => Settled::Success,
                SignInOutcome::Refused => Settled::Failure,
                _ => Settled::Abandoned,
            })
            .await?;
        Ok(outcome)
    }

    /// Completes a sign-in that still needed a code. A wrong code leaves the token good. Earlier wrong passwords for the
    /// name are forgotten, those from where this request comes from.
    ///
    /// # Errors
    ///
    /// As [`sign_in`](Self::sign_in).
    pub async fn complete(&self, token: &str, code: &str, attempt: &Attempt) -> Result<SignInOutcome, Unavailable> {
        let (Some(spent), Some(totp)) = (&self.two_steps, &self.totp) else { return Ok(SignInOutcome::Refused) };
        let pending = Pending::open(token, totp.keys(), attempt.now);
        let account = match &pending {
            Some(pending) if !pending.is_spent(spent).await? => self.account_of(pending).await?,
            _ => None,
        };
        let Some((account, pending)) = account.zip(pending) else {
            self.refused(AuditName::LOGIN_FAIL, None, "", Reason::UNKNOWN_CREDENTIAL, attempt).await?;
            return Ok(SignInOutcome::Refused);
        };
        match self.check_code(&account, Some(code), attempt).await? {
            CodeOutcome::Accepted => {}
            CodeOutcome::Throttled { retry_after } => return Ok(SignInOutcome::Throttled { retry_after }),
            CodeOutcome::Wrong => return Ok(SignInOutcome::SecondFactorNeeded { token: None, is_code_wrong: true }),
            CodeOutcome::Stale => return Ok(SignInOutcome::Refused),
        }
        if !pending.spend(spent).await? {
            return Ok(SignInOutcome::Refused);
        }
        let pwd = Factor::new("pwd").at(pending.began_at);
        let outcome = self.finish(account, vec![pwd, otp(attempt.now)], attempt).await?;
        if let SignInOutcome::Granted(granted) = &outcome {
            // As in one step. Whoever has the password alone does not come so far.
            // Everything is spent by then, so there is nothing to try again.
            if let Err(error) = self.passwords.throttle.forget_passwords(granted.account.login_key(), attempt).await {
                error.report();
            }
        }
        Ok(outcome)
    }

    /// The account of a sign-in between its steps, if nothing has changed since the password was right.
    async fn account_of(&self, pending: &Pending) -> Result<Option<Account>, Unavailable> {
        let account = self.passwords.accounts.find_account_by_id(&pending.account).await?;
        let only = self.only.as_deref().map(LoginKey::parse);
        let is_served = |account: &Account| only.as_ref().is_none_or(|only| only.as_ref() == Ok(account.login_key()));
        let is_good = |account: &Account| {
            account.epoch() == pending.epoch && is_served(account) && self.useless(account, true).is_none()
        };
        Ok(account.filter(is_good))
    }

    /// Why the right password of an account is refused like a wrong one here, if it is.
    fn useless(&self, account: &Account, has_code: bool) -> Option<Reason> {
        if !(self.admit)(account) {
            return Some(Self::NOT_ADMITTED);
        }
        match self.shown.hidden(account, has_code && self.totp.is_some())? {
            Obstacle::MustResetPassword => Some(Self::MUST_RESET),
            Obstacle::Inactive | Obstacle::SecondFactorNeeded | Obstacle::Suspended => Some(Reason::ACCOUNT_STATE),
        }
    }

    async fn after_password(
        &self,
        account: Account,
        pwd: Factor,
        code: Option<&str>,
        attempt: &Attempt,
    ) -> Result<SignInOutcome, Unavailable> {
        let closed = match account.state() {
            AccountState::Active | AccountState::MustReset => None,
            AccountState::Suspended => Some(SignInOutcome::Suspended),
            AccountState::Inactive => Some(SignInOutcome::Inactive),
        };
        if let Some(closed) = closed {
            self.refused(AuditName::LOGIN_FAIL, Some(&account), "", Reason::ACCOUNT_STATE, attempt).await?;
            return Ok(closed);
        }
        if !account.has_second_factor() {
            return self.finish(account, vec![pwd], attempt).await;
        }
        match self.check_code(&account, code, attempt).await? {
            CodeOutcome::Accepted => self.finish(account, vec![pwd, otp(attempt.now)], attempt).await,
            CodeOutcome::Throttled { .. } | CodeOutcome::Wrong if !self.shown.has(Obstacle::SecondFactorNeeded) => {
                Ok(SignInOutcome::Refused)
            }
            CodeOutcome::Throttled { retry_after } => Ok(SignInOutcome::Throttled { retry_after }),
            CodeOutcome::Stale => Ok(SignInOutcome::Refused),
            CodeOutcome::Wrong => {
                let token = self.pending(&account, attempt)?;
                Ok(SignInOutcome::SecondFactorNeeded { token, is_code_wrong: code.is_some() })
            }
        }
    }

    /// An absent code is not a guess, so nothing is counted for it.
    async fn check_code(
        &self,
        account: &Account,
        code: Option<&str>,
        attempt: &Attempt,
    ) -> Result<CodeOutcome, Unavailable> {
        match (&self.totp, code) {
            (Some(totp), Some(code)) => totp.verify(account, code, attempt).await,
            _ => Ok(CodeOutcome::Wrong),
        }
    }

    async fn finish(
        &self,
        account: Account,
        factors: Vec<Factor>,
        attempt: &Attempt,
    ) -> Result<SignInOutcome, Unavailable> {
        if account.state() == AccountState::MustReset {
            let token = self.reset_token(account, attempt).await?;
            return Ok(SignInOutcome::MustResetPassword { token });
        }
        let event = AuditEvent::new(AuditName::LOGIN_SUCCESS, attempt).with_account(account.id());
        let about = if factors.len() > 1 { "pwd otp" } else { "pwd" };
        self.audit.record(event.about(about)).await?;
        Ok(SignInOutcome::Granted(Granted { account, factors, auth_time: attempt.now }))
    }

    fn pending(&self, account: &Account, attempt: &Attempt) -> Result<Option<PendingToken>, Unavailable> {
        let (Some(_), Some(totp)) = (&self.two_steps, &self.totp) else { return Ok(None) };
        Pending::begin(account, attempt.now)?.seal(totp.keys()).map(Some)
    }

    /// Refuses an account that needs a new password first, and issues the token for that, to the end of both.
    async fn reset_token(&self, account: Account, attempt: &Attempt) -> Result<Option<Secret>, Unavailable> {
        let event = self.refusal(AuditName::LOGIN_FAIL, Some(&account), "", Self::MUST_RESET, attempt);
        let Some(store) = self.must_reset.clone() else {
            self.audit.record(event).await?;
            return Ok(None);
        };
        let (purpose, now) = (Purpose::MUST_RESET, attempt.now);
        let replace = async move { one_time::replace(&store, &account, purpose, MUST_RESET_LIFE, now).await };
        told(replace, |_| true, &self.audit, event).await.map(Some)
    }

    async fn refused(
        &self,
        name: AuditName,
        account: Option<&Account>,
        login: &str,
        reason: Reason,
        attempt: &Attempt,
    ) -> Result<(), Unavailable> {
        self.audit.record(self.refusal(name, account, login, reason, attempt)).await
    }

    fn refusal(
        &self,
        name: AuditName,
        account: Option<&Account>,
        login: &str,
        reason: Reason,
        attempt: &Attempt,
    ) -> AuditEvent {
        let event = AuditEvent::new(name, attempt).about("sign_in").because(reason);
        self.audit.naming(event, account, login)
    }
}

impl<A> SignIn<A> {
    /// The reason of accounts that the service [turns away](Self::admit_only_if), in audit events.
    pub const NOT_ADMITTED: Reason = Reason::custom("not_admitted");
    /// The reason of accounts that need a new password first, in audit events.
    pub const MUST_RESET: Reason = Reason::custom("must_reset_password");
}

fn otp(now: SystemTime) -> Factor {
    Factor::new("otp").at(now)
}

impl<A> fmt::Debug for SignIn<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("has_totp", &self.totp.is_some()).finish_non_exhaustive()
    }
}
