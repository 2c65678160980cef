//! Whether a name and a password belong together: what Basic and the sign-in have in common.
//!
//! Every case costs one hash, so that the time tells nothing:
//!
//! | case | hashes |
//! | --- | --- |
//! | the account has a password, right or wrong, whatever its state and factors | one, with the stored parameters |
//! | unknown name, a text that can be no name, an account without a password | one, with today's parameters |
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

/// What a job in the pool found out.
#[derive(Debug)]
struct Compared {
    is_right: bool,
    /// The hash to store instead, if there has to be one.
    rehashed: Option<Result<PasswordHash, HashError>>,
}

impl<S: AccountStore> PasswordCheck<S> {
    /// Checks the password of a name. An old hash of a right password is renewed if `may_use` says that the account
    /// may be used in this way; otherwise the case costs what a wrong password costs.
    pub(crate) async fn check(
        &self,
        login: &str,
        password: &Password,
        attempt: &Attempt,
        may_use: impl Fn(&Account) -> bool,
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
        let may_rehash = account.as_ref().is_some_and(may_use);
        let requester = Requester::new(attempt.source, name);
        let compared = self.compare(requester, account.as_ref(), password.clone(), may_rehash).await?;
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
        account: Option<&Account>,
        password: Password,
        may_rehash: bool,
    ) -> Result<Compared, Unavailable> {
        let hash = account.and_then(Account::password_hash).cloned();
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
