//! What a store of one-time secrets has to do.
//!
//! All live secrets of one account and purpose lie in one row with [`SLOTS`] slots, so that redeeming one and killing
//! the others is one statement on one row.

use std::fmt;
use std::future::Future;
use std::time::{Duration, SystemTime};

use auth_core::StoreError;

use crate::secret::SecretDigest;

/// How many secrets of one purpose an account can have at once.
pub const SLOTS: usize = 3;

/// What a one-time secret is good for: lower case with underscores, at most 32 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purpose(&'static str);

impl Purpose {
    /// A link that signs its owner in.
    pub const LOGIN: Self = Self("login");
    /// A link that lets its owner choose a new password.
    pub const RESET_PASSWORD: Self = Self("reset_password");
    /// What a sign-in hands out that has to choose a new password first.
    pub const MUST_RESET: Self = Self("must_reset");

    /// A purpose of one's own.
    #[must_use]
    pub const fn custom(name: &'static str) -> Self {
        Self(name)
    }

    /// How long a secret of this purpose lives at most, unless [told
    /// otherwise](super::OneTimeSecrets::with_insecure_longest_life): 10 minutes if it signs in, 1 hour if it does anything
    /// else.
    #[must_use]
    pub fn longest_life(self) -> Duration {
        if self == Self::LOGIN { Duration::from_mins(10) } else { Duration::from_hours(1) }
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A one-time secret as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row, which stores build and take apart")]
pub struct OneTimeRecord {
    /// What it is good for.
    pub purpose: Purpose,
    /// Whom it is for.
    pub account: String,
    /// The account's epoch when it was issued: it is good while the two are equal.
    pub epoch: u64,
    /// The secret.
    pub digest: SecretDigest,
    /// From when on it is refused.
    pub expires_at: SystemTime,
}

/// Where a new secret goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Slot {
    /// In a slot whose secret has expired or is of an older epoch; nowhere if there are none.
    Free,
    /// In place of all others of its account and purpose.
    Only,
}

/// Keeps one-time secrets.
///
/// # Errors
///
/// Every verb fails with [`StoreError`] if the store cannot tell. A redemption that may or may not have happened is such
/// a failure, and the secret counts as spent.
pub trait OneTimeStore: Send + Sync + 'static {
    /// Adds a secret; says whether there was a place for it.
    fn insert_one_time(
        &self,
        record: OneTimeRecord,
        slot: Slot,
        now: SystemTime,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Finds a secret that has not expired, without spending it.
    fn find_one_time(
        &self,
        purpose: Purpose,
        digest: &SecretDigest,
        now: SystemTime,
    ) -> impl Future<Output = Result<Option<OneTimeRecord>, StoreError>> + Send;

    /// Spends a secret that was [found](Self::find_one_time), and with it all others of its account and purpose; says
    /// whether it was still there and has not expired. Of two requests at once exactly one is told so.
    fn redeem_one_time(
        &self,
        record: &OneTimeRecord,
        now: SystemTime,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
