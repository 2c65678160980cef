//! Sealing stored secrets anew, after the sealing key was changed.
//!
//! Put the new key first and keep the old one ([`SealingKeys`](crate::sealing::SealingKeys)) on every node; then let a
//! [`Resealer`] walk through the accounts until it finds nothing sealed under another key. Then the old key may go. An
//! enrolment that was begun under the old key and is not confirmed by then has to be begun anew, and its owner is
//! [told so](super::FactorChange::Stale).

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use auth_core::StoreError;

use super::service::Totp;
use super::store::TotpStore;
use crate::sweep::SweepStore;
use crate::unavailable::Unavailable;

/// What became of a [batch](Totp::reseal).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Resealed {
    /// Where the next batch begins; `None` after the last.
    pub next: Option<String>,
    /// How many secrets were looked at.
    pub seen: u64,
    /// How many of them were sealed anew.
    pub resealed: u64,
    /// How many of them none of the keys opens, or were sealed by somebody else meanwhile.
    pub left: u64,
}

/// Seals secrets anew in rounds, as what a [`Sweeper`](crate::sweep::Sweeper) sweeps. Any number of nodes may run one. It
/// does nothing while there is no old key.
///
/// ```no_run
/// use std::time::Duration;
/// use auth_issuer::MemoryStore;
/// use auth_issuer::sweep::Sweeper;
/// use auth_issuer::totp::{Resealer, Totp};
///
/// # async fn f(totp: Totp<MemoryStore>) {
/// let resealing = Sweeper::start(Resealer::new(totp), Duration::from_secs(3600));
/// # drop(resealing);
/// # }
/// ```
pub struct Resealer<T> {
    totp: Totp<T>,
    round: Mutex<Round>,
}

/// How far a walk through all accounts has come.
#[derive(Debug, Default)]
struct Round {
    place: Option<String>,
    resealed: u64,
    left: u64,
}

impl<T: TotpStore> Resealer<T> {
    /// Seals the secrets of this service anew.
    #[must_use]
    pub fn new(totp: Totp<T>) -> Self {
        Self { totp, round: Mutex::default() }
    }

    /// Notes a batch; says whether it was the last one of the round.
    fn note(&self, batch: &Resealed) -> bool {
        let mut round = self.round.lock().unwrap_or_else(PoisonError::into_inner);
        round.resealed = round.resealed.saturating_add(batch.resealed);
        round.left = round.left.saturating_add(batch.left);
        round.place.clone_from(&batch.next);
        let is_last = batch.next.is_none();
        if is_last {
            let Round { resealed, left, .. } = std::mem::take(&mut *round);
            tracing::info!(
                resealed,
                left,
                "second factors are sealed under the active key, but for those that are left"
            );
        }
        is_last
    }
}

impl<T: TotpStore> SweepStore for Resealer<T> {
    /// Looks at `limit` secrets; the number is that of the secrets that were looked at, and 0 at the end of a round.
    async fn sweep(&self, _: SystemTime, limit: u32) -> Result<u64, StoreError> {
        if !self.totp.has_old_keys() {
            return Ok(0);
        }
        let place = self.round.lock().unwrap_or_else(PoisonError::into_inner).place.clone();
        let batch = self.totp.reseal(place.as_deref(), limit).await.map_err(StoreError::new)?;
        Ok(if self.note(&batch) { 0 } else { batch.seen })
    }
}

impl<T: TotpStore> Totp<T> {
    /// Looks at the secrets of at most `limit` accounts after the account `after`, and seals those anew that are not
    /// sealed under the first of the keys. Begin with `None`.
    ///
    /// Each is replaced only if it is still the one that was read, so any number of nodes may do this at once, and
    /// owners may use, replace and disable their authenticators meanwhile.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer, or there is no randomness. What was sealed anew stays so.
    pub async fn reseal(&self, after: Option<&str>, limit: u32) -> Result<Resealed, Unavailable> {
        let secrets = self.store().list_totp(after, limit).await?;
        let mut batch = Resealed::default();
        let is_last = u32::try_from(secrets.len()).is_ok_and(|count| count < limit.max(1));
        if !is_last {
            batch.next = secrets.last().map(|(account, _)| account.clone());
        }
        for (account, sealed) in secrets {
            batch.seen = batch.seen.saturating_add(1);
            let is_replaced = match self.sealed_anew(&account, &sealed) {
                Ok(None) => continue,
                Ok(Some(new)) => self.store().reseal_totp(&account, &sealed, &new).await?,
                Err(error) => {
                    let cause: &(dyn std::error::Error + 'static) = &error;
                    tracing::warn!(
                        auth.account = %account,
                        cause,
                        "the secret of a second factor cannot be sealed anew"
                    );
                    false
                }
            };
            let count = if is_replaced { &mut batch.resealed } else { &mut batch.left };
            *count = count.saturating_add(1);
        }
        Ok(batch)
    }
}

impl<T> fmt::Debug for Resealer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resealer").finish_non_exhaustive()
    }
}
