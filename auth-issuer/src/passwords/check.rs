//! Whether a name and a password belong together: what Basic and the sign-in have in common.
//!
//! Every case costs one hash, so that the time tells nothing:
//!
//! | case | hashes |
//! | --- | --- |
//! | the account has a password, right or wrong, and the right one has an answer of its own | one, with the stored parameters |
//! | unknown name, a text that can be no name, an account without a password | one, with today's parameters |
//! | an account that is refused whatever its password is, by its state, its factors or the service | one, with today's parameters |
//! | a password that an imported hash cannot be of (bcrypt: over 72 bytes; NUL at its end) | one, with today's parameters |
//! | right password of an account that may use it, stored parameters or pepper are not today's | one more, to store it anew |
//! | too many failures before | none, for known and unknown names alike |
//! | password over 1,024 bytes | none, for known and unknown names alike; and nothing is counted, since nothing is guessed |

use std::time::Duration;

use auth_core::Attempt;
use auth_core::credential::Password;

use crate::accounts::{Account, AccountStore};
use crate::hash_pool::{HashPool, Hasher, Requester};
use crate::hashing::{HashError, MAX_PASSWORD_LEN, PasswordHash};
use crate::login_key::LoginKey;
use crate::throttle::{Admission, Reservation, Throttle};
use crate::unavailable::Unavailable;

/// Checks passwords of accounts, within the limits of a throttle and a pool.
#[derive(Clone, Debug)]
pub(crate) struct PasswordCheck<S> {
    pub(crate) accounts: S,
    pub(crate) pool: HashPool,
    pub(crate) throttle: Throttle,
}

/// What a check has found out.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once, and seldom the small one")]
pub(crate) enum Checked {
    /// Too many failures before; nothing was looked at.
    Throttled { retry_after: Duration },
    /// An answer, which the caller has to settle.
    Answered { account: Option<Account>, is_right: bool, place: Reservation },
}

/// What the right password of an account is good for, where it is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    /// It opens the account, so its hash may be renewed.
    Entry,
    /// It has an answer of its own.
    Answer,
    /// Nothing: it is refused as a wrong one is, so nobody compares it. The stored hash may be of other parameters, and its
    /// cost would tell of the account.
    Nothing,
}

/// What a job in the pool found out.
#[derive(Debug)]
struct Compared {
    is_right: bool,
    /// The hash to store instead, if there has to be one.
    rehashed: Option<Result<PasswordHash, HashError>>,
}

impl<S: AccountStore> PasswordCheck<S> {
    /// Checks the password of a name. `worth` says what the right one of an account is good for here: if for nothing, it
    /// is never right.
    pub(crate) async fn check(
        &self,
        login: &str,
        password: &Password,
        attempt: &Attempt,
        worth: impl Fn(&Account) -> Worth,
    ) -> Result<Checked, Unavailable> {
        if password.reveal().len() > MAX_PASSWORD_LEN {
            // Before a place is reserved: counters that cost no hash could be made by so many that they push out others.
            return Ok(Checked::Answered { account: None, is_right: false, place: Reservation::none() });
        }
        let place = match self.throttle.admit_password(login, attempt).await? {
            Admission::Admitted(place) => place,
            Admission::Throttled { retry_after } => return Ok(Checked::Throttled { retry_after }),
        };
        let key = LoginKey::parse(login).ok();
        let account = match &key {
            Some(key) => self.accounts.find_account(key).await?,
            None => None,
        };
        let name = key.as_ref().map_or(login, LoginKey::as_str);
        let worth = account.as_ref().map_or(Worth::Nothing, worth);
        let hash = account.as_ref().and_then(|account| compared_with(account, worth));
        let requester = Requester::new(attempt.source, name);
        let compared = self.compare(requester, hash.cloned(), password.clone(), worth).await?;
        match (&account, compared.rehashed) {
            (Some(account), Some(Ok(new))) => self.store_rehashed(account, new).await,
            (_, Some(Err(error))) => tracing::warn!(cause = %error, "a password hash could not be renewed"),
            (_, None) | (None, _) => {}
        }
        Ok(Checked::Answered { account, is_right: compared.is_right, place })
    }

    async fn compare(
        &self,
        requester: Requester,
        hash: Option<PasswordHash>,
        password: Password,
        worth: Worth,
    ) -> Result<Compared, Unavailable> {
        let may_rehash = worth == Worth::Entry;
        let job = move |hasher: &Hasher| compare(hasher, hash.as_ref(), password.reveal().as_bytes(), may_rehash);
        Ok(self.pool.run(requester, job).await??)
    }

    /// A failure here does not matter to who signs in; the next sign-in tries again.
    async fn store_rehashed(&self, account: &Account, new: PasswordHash) {
        let Some(old) = account.password_hash() else { return };
        match self.accounts.replace_password_hash(account.login_key(), old, new).await {
            Ok(true) => tracing::debug!("a password hash was renewed"),
            Ok(false) => tracing::debug!("a password hash was not renewed: it has changed in the meantime"),
            Err(error) => {
                let cause: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(cause, "a password hash could not be renewed");
            }
        }
    }
}

/// The hash that the password of an account is compared with; without one, today's parameters are paid for nothing.
pub(super) fn compared_with(account: &Account, worth: Worth) -> Option<&PasswordHash> {
    account.password_hash().filter(|_| worth != Worth::Nothing)
}

fn compare(
    hasher: &Hasher,
    hash: Option<&PasswordHash>,
    password: &[u8],
    may_rehash: bool,
) -> Result<Compared, HashError> {
    let Some(hash) = hash else {
        hasher.verify_nothing(password)?;
        return Ok(Compared { is_right: false, rehashed: None });
    };
    let is_right = hasher.verify(hash, password)?;
    let is_old = is_right && may_rehash && hasher.needs_rehash(hash);
    let rehashed = is_old.then(|| hasher.create(password));
    Ok(Compared { is_right, rehashed })
}
