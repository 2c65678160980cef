//! Second factors of accounts.

use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{Attempt, Reason, StoreError};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use zeroize::Zeroizing;

use super::code::{TotpWindow, enrolment_texts, matching_step};
use super::recovery::{RecoveryCodes, digest_of_presented};
use super::store::{SealedSecret, TotpRecord, TotpStore};
use crate::accounts::Account;
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::randomness;
use crate::recent::RecentSignIn;
use crate::sealing::SealingKeys;
use crate::secret::SecretDigest;
use crate::throttle::{Admission, Settled, Throttle};
use crate::to_the_end::told;
use crate::unavailable::Unavailable;

/// What the sealed secrets are for.
const PURPOSE: &str = "totp";
/// 160 bits (RFC 4226 §4).
const SECRET_LEN: usize = 20;

/// Enrols authenticators, and checks their codes and recovery codes.
///
/// - A secret has 160 random bits and lies in the store [sealed](crate::sealing).
/// - Nothing is enabled before a code of the new authenticator was right.
/// - Each code is accepted once, and no code of an earlier time step after it (RFC 6238 §5.2).
/// - Wrong codes have counters of their own, for each account, that survive new sign-ins and are cleared by an accepted
///   code only. So have wrong recovery codes: whoever guesses at the one kind does not keep the owner from the other.
/// - Enabling, disabling and new recovery codes raise the account's epoch, and need a [recent sign-in](RecentSignIn). Once
///   such a change has begun it goes on to its end, and is recorded, even if the caller goes away.
#[derive(Clone)]
pub struct Totp<T> {
    store: Arc<T>,
    keys: SealingKeys,
    issuer: String,
    window: TotpWindow,
    throttle: Throttle,
    audit: Audit,
}

/// What an owner needs to set an authenticator up. Shown once.
pub struct Enrolment {
    secret: Zeroizing<String>,
    url: Zeroizing<String>,
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum CodeOutcome {
    /// It is right and spent now.
    Accepted,
    /// It is wrong, was used before, or the account has no authenticator.
    Wrong,
    /// The account has changed since it was read; start again.
    Stale,
    /// Too many codes before were wrong.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
}

/// What became of a change.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum FactorChange<T> {
    /// It was done.
    Done {
        /// The account's new epoch; everything issued before is void.
        epoch: u64,
        /// What the owner gets.
        value: T,
    },
    /// The proof is of another account, or lacks the second factor that the account has: sign in again, with it.
    NotProven,
    /// The code is wrong.
    WrongCode,
    /// The account has changed meanwhile, or nothing is being enrolled that any of the keys opens; start again.
    Stale,
    /// Too many codes before were wrong.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
}

impl<T: TotpStore> Totp<T> {
    /// Keeps second factors in `store`, sealed under `keys`. `issuer` is the name that authenticators show.
    #[must_use]
    pub fn new(store: T, keys: SealingKeys, issuer: impl Into<String>, throttle: Throttle) -> Self {
        let (window, audit) = (TotpWindow::default(), Audit::default());
        Self { store: Arc::new(store), keys, issuer: issuer.into(), window, throttle, audit }
    }

    /// Accepts codes of other time steps.
    #[must_use]
    pub fn with_window(mut self, window: TotpWindow) -> Self {
        self.window = window;
        self
    }

    /// Records events elsewhere.
    #[must_use]
    pub fn with_audit(mut self, audit: Audit) -> Self {
        self.audit = audit;
        self
    }

    pub(super) fn store(&self) -> &T {
        &self.store
    }

    pub(super) fn keys(&self) -> &SealingKeys {
        &self.keys
    }

    pub(super) fn has_old_keys(&self) -> bool {
        self.keys.has_old()
    }

    /// The secret under the active key; `None` if it lies under it already.
    pub(super) fn sealed_anew(
        &self,
        account: &str,
        sealed: &SealedSecret,
    ) -> Result<Option<SealedSecret>, Unavailable> {
        if self.keys.is_under_active(sealed.as_text()) {
            return Ok(None);
        }
        let secret = self.keys.open(sealed.as_text(), PURPOSE, account)?;
        Ok(Some(SealedSecret::from_text(self.keys.seal(&secret, PURPOSE, account)?)))
    }

    /// Begins to enrol an authenticator: the first of the account, or one that is to take the place of the other.
    /// Nothing has changed until a code of it is [confirmed](Self::confirm). `None` if the proof is not enough or the
    /// account has changed.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer or there is no randomness.
    pub async fn begin(&self, account: &Account, proof: &RecentSignIn) -> Result<Option<Enrolment>, Unavailable> {
        if !proof.is_enough_for(account) {
            return Ok(None);
        }
        let mut secret = Zeroizing::new([0_u8; SECRET_LEN]);
        randomness::fill(secret.as_mut_slice())?;
        let pending = SealedSecret::from_text(self.keys.seal(secret.as_slice(), PURPOSE, account.id())?);
        let (url, text) = enrolment_texts(secret.as_slice(), &self.issuer, account.login())
            .ok_or_else(|| Unavailable::new(Unavailable::SEALED, "no URL can be made of the name of the account"))?;
        let is_current = self.store.begin_totp(account.id(), account.epoch(), &pending).await?;
        Ok(is_current.then(|| Enrolment { secret: Zeroizing::new(text), url: Zeroizing::new(url) }))
    }

    /// Enables the authenticator that is being enrolled, if `code` is one of its codes. The owner gets recovery codes.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer or there is no randomness.
    pub async fn confirm(
        &self,
        account: &Account,
        proof: &RecentSignIn,
        code: &str,
        attempt: &Attempt,
    ) -> Result<FactorChange<RecoveryCodes>, Unavailable> {
        if !proof.is_enough_for(account) {
            return Ok(FactorChange::NotProven);
        }
        let Some(record) = self.find(account).await? else { return Ok(FactorChange::Stale) };
        let Some(pending) = record.pending else { return Ok(FactorChange::Stale) };
        let secret = match self.keys.open(pending.as_text(), PURPOSE, account.id()) {
            Ok(secret) => secret,
            // Its key may be gone; what is begun anew lies under one that is there.
            Err(error) => {
                tracing::warn!(
                    auth.account = account.id(),
                    auth.reason = %error.reason(),
                    cause = error.source(),
                    "an enrolment cannot be opened and counts as none"
                );
                return Ok(FactorChange::Stale);
            }
        };
        let place = match self.throttle.admit_code(account.id(), attempt).await? {
            Admission::Admitted(place) => place,
            Admission::Throttled { retry_after } => return Ok(FactorChange::Throttled { retry_after }),
        };
        let Some(step) = matching_step(&secret, code, self.window, attempt.now) else {
            place.settle(Settled::Failure).await?;
            return Ok(FactorChange::WrongCode);
        };
        let (batch, codes) = self.new_batch(account).await?;
        let (id, epoch) = (account.id().to_owned(), account.epoch());
        let enable = |store: Arc<T>| async move { store.enable_totp(&id, epoch, &pending, step, &batch).await };
        let epoch = self.change(account, "otp_enabled", attempt, enable).await?;
        place.settle(Settled::Abandoned).await?;
        let Some(epoch) = epoch else { return Ok(FactorChange::Stale) };
        Ok(FactorChange::Done { epoch, value: codes })
    }

    /// Checks a code of the authenticator, or a recovery code. It is spent then.
    ///
    /// Hand over codes as they were typed; an empty one is a wrong one.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer, or none of the keys opens the secret.
    pub async fn verify(&self, account: &Account, code: &str, attempt: &Attempt) -> Result<CodeOutcome, Unavailable> {
        let Some(record) = self.find(account).await? else { return Ok(CodeOutcome::Stale) };
        let recovery = digest_of_presented(code).zip(record.recovery_batch.as_deref());
        let admission = match recovery {
            Some(_) => self.throttle.admit_recovery_code(account.id(), attempt).await?,
            None => self.throttle.admit_code(account.id(), attempt).await?,
        };
        let place = match admission {
            Admission::Admitted(place) => place,
            Admission::Throttled { retry_after } => {
                self.refused(AuditName::LOGIN_FAIL_MAX, account, Reason::THROTTLED, attempt).await?;
                return Ok(CodeOutcome::Throttled { retry_after });
            }
        };
        let is_right = match &recovery {
            Some((digest, batch)) => self.redeem(account, batch, digest, attempt).await?,
            None => self.spend(account, &record, code, attempt).await?,
        };
        if is_right {
            place.settle(Settled::Success).await?;
            return Ok(CodeOutcome::Accepted);
        }
        place.settle(Settled::Failure).await?;
        self.refused(AuditName::LOGIN_FAIL, account, Self::WRONG_CODE, attempt).await?;
        Ok(CodeOutcome::Wrong)
    }

    /// Takes the second factor away.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn disable(
        &self,
        account: &Account,
        proof: &RecentSignIn,
        attempt: &Attempt,
    ) -> Result<FactorChange<()>, Unavailable> {
        if !proof.is_enough_for(account) {
            return Ok(FactorChange::NotProven);
        }
        self.reset(account, attempt).await
    }

    /// Takes the second factor away without a proof, for an administrator who has made sure of the owner in another
    /// way. Whether the caller may do that is for the caller to decide.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn reset(&self, account: &Account, attempt: &Attempt) -> Result<FactorChange<()>, Unavailable> {
        let (id, epoch) = (account.id().to_owned(), account.epoch());
        let disable = |store: Arc<T>| async move { store.disable_totp(&id, epoch).await };
        let Some(epoch) = self.change(account, "otp_disabled", attempt, disable).await? else {
            return Ok(FactorChange::Stale);
        };
        Ok(FactorChange::Done { epoch, value: () })
    }

    /// Makes new recovery codes; the old ones are void.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer or there is no randomness.
    pub async fn renew_recovery_codes(
        &self,
        account: &Account,
        proof: &RecentSignIn,
        attempt: &Attempt,
    ) -> Result<FactorChange<RecoveryCodes>, Unavailable> {
        if !proof.is_enough_for(account) || !account.has_second_factor() {
            return Ok(FactorChange::NotProven);
        }
        let (batch, codes) = self.new_batch(account).await?;
        let (id, epoch) = (account.id().to_owned(), account.epoch());
        let renew = |store: Arc<T>| async move { store.set_recovery_batch(&id, epoch, &batch).await };
        let Some(epoch) = self.change(account, "recovery_codes_renewed", attempt, renew).await? else {
            return Ok(FactorChange::Stale);
        };
        Ok(FactorChange::Done { epoch, value: codes })
    }

    /// How many recovery codes are left.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn count_recovery_codes(&self, account: &Account) -> Result<u32, Unavailable> {
        let Some(record) = self.store.find_totp(account.id()).await? else { return Ok(0) };
        let Some(batch) = record.recovery_batch else { return Ok(0) };
        Ok(self.store.count_recovery_codes(account.id(), &batch).await?)
    }

    /// Seals a secret that comes from elsewhere, to be enrolled without a code: from another system, or a file of
    /// accounts. It lies in the store as pending until [`TotpStore::enable_totp`] makes it the one in use.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if there is no randomness.
    pub fn seal_imported(&self, account: &str, secret: &[u8]) -> Result<SealedSecret, Unavailable> {
        self.keys.seal(secret, PURPOSE, account).map(SealedSecret::from_text)
    }

    /// The record, if the account has not changed since it was read.
    async fn find(&self, account: &Account) -> Result<Option<TotpRecord>, Unavailable> {
        let record = self.store.find_totp(account.id()).await?;
        Ok(record.filter(|record| record.epoch == account.epoch()))
    }

    /// Whether the code is right and was not used before; it is now.
    async fn spend(
        &self,
        account: &Account,
        record: &TotpRecord,
        code: &str,
        attempt: &Attempt,
    ) -> Result<bool, Unavailable> {
        let Some(sealed) = &record.secret else { return Ok(false) };
        let secret = self.keys.open(sealed.as_text(), PURPOSE, account.id())?;
        match matching_step(&secret, code, self.window, attempt.now) {
            Some(step) => Ok(self.store.advance_totp(account.id(), account.epoch(), step).await?),
            None => Ok(false),
        }
    }

    /// Whether the recovery code is one of the batch and was not used before; it is now.
    async fn redeem(
        &self,
        account: &Account,
        batch: &str,
        digest: &SecretDigest,
        attempt: &Attempt,
    ) -> Result<bool, Unavailable> {
        let event = changed(account, "recovery_code_used", attempt);
        let (store, id, now) = (Arc::clone(&self.store), account.id().to_owned(), attempt.now);
        let (batch, digest) = (batch.to_owned(), *digest);
        let redeem = async move { store.redeem_recovery_code(&id, &batch, &digest, now).await };
        told(redeem, |is_right| *is_right, &self.audit, event).await
    }

    async fn new_batch(&self, account: &Account) -> Result<(String, RecoveryCodes), Unavailable> {
        let mut id = [0_u8; 16];
        randomness::fill(&mut id)?;
        let (batch, codes) = (BASE64_URL_SAFE_NO_PAD.encode(id), RecoveryCodes::generate()?);
        self.store.add_recovery_codes(account.id(), &batch, &codes.digests()).await?;
        Ok((batch, codes))
    }

    /// Makes a change and records it, to the end of both, and returns the new epoch; `None` if the account has changed
    /// meanwhile.
    async fn change<F>(
        &self,
        account: &Account,
        about: &'static str,
        attempt: &Attempt,
        change: impl FnOnce(Arc<T>) -> F,
    ) -> Result<Option<u64>, Unavailable>
    where
        F: Future<Output = Result<Option<u64>, StoreError>> + Send + 'static,
    {
        let event = changed(account, about, attempt);
        told(change(Arc::clone(&self.store)), Option::is_some, &self.audit, event).await
    }

    async fn refused(
        &self,
        name: AuditName,
        account: &Account,
        reason: Reason,
        attempt: &Attempt,
    ) -> Result<(), Unavailable> {
        let event = AuditEvent::new(name, attempt).with_account(account.id()).about("otp").because(reason);
        self.audit.record(event).await
    }
}

fn changed(account: &Account, about: &'static str, attempt: &Attempt) -> AuditEvent {
    AuditEvent::new(AuditName::USER_UPDATED, attempt).with_account(account.id()).about(about)
}

impl<T> Totp<T> {
    /// The reason of a wrong code, in audit events.
    pub const WRONG_CODE: Reason = Reason::custom("wrong_code");
}

impl Enrolment {
    /// The secret in base32, for owners who type it.
    #[must_use]
    pub fn reveal_secret(&self) -> &str {
        &self.secret
    }

    /// The secret as an `otpauth:` URL, to be drawn as a QR code by a page that no cache keeps.
    #[must_use]
    pub fn reveal_url(&self) -> &str {
        &self.url
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment(..)")
    }
}

impl<T> fmt::Debug for Totp<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Totp").field("keys", &self.keys).field("window", &self.window).finish_non_exhaustive()
    }
}
