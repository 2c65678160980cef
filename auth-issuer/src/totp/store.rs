//! What a store has to do for second factors.

use std::fmt;
use std::future::Future;
use std::time::SystemTime;

use auth_core::StoreError;

use crate::secret::SecretDigest;

/// What is stored of an account's authenticator: part of the account's row, so that a change of it and the account's
/// new epoch are one statement.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TotpRecord {
    /// The account's epoch, read together with the rest.
    pub epoch: u64,
    /// The secret in use, sealed; `None` if the account has no authenticator.
    pub secret: Option<SealedSecret>,
    /// The secret that is being enrolled, sealed.
    pub pending: Option<SealedSecret>,
    /// The last time step of which a code was accepted (RFC 6238 §5.2).
    pub last_step: Option<u64>,
    /// Which batch of recovery codes counts.
    pub recovery_batch: Option<String>,
}

/// A secret as it lies in a store: sealed under a key that the store does not have. Text of at most 512 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret(String);

impl SealedSecret {
    /// What a store has kept.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What a store is to keep.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret(..)")
    }
}

impl fmt::Debug for TotpRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TotpRecord")
            .field("epoch", &self.epoch)
            .field("is_enabled", &self.secret.is_some())
            .field("is_pending", &self.pending.is_some())
            .finish_non_exhaustive()
    }
}

/// Keeps second factors. The columns are the account's own: a store of accounts implements this beside
/// [`AccountStore`](crate::AccountStore).
///
/// # Errors
///
/// Every verb fails with [`StoreError`] if the store cannot tell.
pub trait TotpStore: Send + Sync + 'static {
    /// Reads the record of an account; `None` if there is no such account.
    fn find_totp(&self, account: &str) -> impl Future<Output = Result<Option<TotpRecord>, StoreError>> + Send;

    /// Keeps a secret that is being enrolled, in place of an earlier one, if the epoch is still `epoch`; says whether
    /// it was. The epoch stays: nothing has changed yet.
    fn begin_totp(
        &self,
        account: &str,
        epoch: u64,
        pending: &SealedSecret,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Lets the pending secret be the one in use, if it is still `pending` and the epoch still `epoch`: the account has
    /// a second factor from now on, `step` is spent, the codes of `recovery_batch` count. Returns the new epoch.
    fn enable_totp(
        &self,
        account: &str,
        epoch: u64,
        pending: &SealedSecret,
        step: u64,
        recovery_batch: &str,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Removes secret, pending secret and recovery codes if the epoch is still `epoch`. Returns the new epoch.
    fn disable_totp(&self, account: &str, epoch: u64) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Spends a time step, if no step from it on was spent and the epoch is still `epoch`; says whether it was. Of two
    /// requests with one code exactly one is told so.
    fn advance_totp(
        &self,
        account: &str,
        epoch: u64,
        step: u64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Adds recovery codes of a new batch, which counts only when the account names it.
    ///
    /// A verb that lets one batch count deletes the others. So read the epoch first, then add, then name the batch
    /// under that epoch: then no codes are lost to another request.
    fn add_recovery_codes(
        &self,
        account: &str,
        batch: &str,
        codes: &[SecretDigest],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Lets another batch count if the epoch is still `epoch`. Returns the new epoch.
    fn set_recovery_batch(
        &self,
        account: &str,
        epoch: u64,
        batch: &str,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Spends a code of a batch; says whether it was there and not spent.
    fn redeem_recovery_code(
        &self,
        account: &str,
        batch: &str,
        code: &SecretDigest,
        now: SystemTime,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// How many codes of a batch are not spent.
    fn count_recovery_codes(&self, account: &str, batch: &str) -> impl Future<Output = Result<u32, StoreError>> + Send;

    /// The ids of at most `limit` accounts after the account `after`, in any order that stays, with the secrets that
    /// they use.
    fn list_totp(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<(String, SealedSecret)>, StoreError>> + Send;

    /// Replaces a secret in use by the same one under another key, if it is still `old`; says whether it was. The epoch
    /// stays: nothing has changed for anybody.
    fn reseal_totp(
        &self,
        account: &str,
        old: &SealedSecret,
        new: &SealedSecret,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
