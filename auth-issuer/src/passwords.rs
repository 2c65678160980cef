//! The verifier of names and passwords, as Basic presents them (RFC 7617).
//!
//! A name and a password succeed only for an account that is active, has no second factor and need not reset its
//! password. Every other case looks and costs like a wrong password: one refusal, one hash.
//!
//! | case | hashes |
//! | --- | --- |
//! | the account has a password, right or wrong, whatever its state and factors | one, with the stored parameters |
//! | unknown name, a text that can be no name, an account without a password | one, with today's parameters |
//! | right password, stored parameters are not today's | one more, to store it anew |
//! | password over 1,024 bytes | none, for known and unknown names alike |
//!
//! # Deployment
//!
//! While stored hashes have other parameters than today's, a wrong password for such an account takes another time
//! than an unknown name. Each sign-in stores a hash anew; accounts whose owners never sign in keep the difference.
//!
//! Basic sends the password with every request: serve it over TLS only.

use auth_core::credential::{BasicCredentials, Password};
use auth_core::{Attempt, Claims, Factor, Facts, Reason, Verified, Verifier, VerifyError};

use crate::accounts::{Account, AccountStore};
use crate::hash_pool::{HashPool, Hasher, Requester};
use crate::hashing::{HashError, MAX_PASSWORD_LEN, PasswordHash};
use crate::login_key::LoginKey;

/// The reason of a request that is answered with 503 because a password hash could not be computed.
pub const HASH_FAILED: Reason = Reason::custom("hash_failed");

/// Believes names and passwords of accounts.
///
/// The value of what it verifies is the account's [attributes](Account::attributes), so a derived
/// [`Principal`](auth_core::Principal) can be made of it. Among the facts are the account's id as the subject, its
/// roles and scopes, and the factor `pwd` at the time of the request.
///
/// # Errors
///
/// Refused with [`Reason::WRONG_PASSWORD`], or with [`Reason::ACCOUNT_STATE`] where the account may not sign in this
/// way: only the operator sees the difference. 503 if the store does not answer, or the [pool](HashPool) has no place.
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
#[derive(Clone, Debug)]
pub struct PasswordVerifier<S> {
    accounts: S,
    pool: HashPool,
}

/// What a job in the pool found out.
struct Checked {
    is_right: bool,
    rehashed: Option<PasswordHash>,
}

impl<S: AccountStore> PasswordVerifier<S> {
    /// A verifier of the passwords of `accounts`, which computes hashes in `pool`.
    #[must_use]
    pub fn new(accounts: S, pool: HashPool) -> Self {
        Self { accounts, pool }
    }

    async fn check(
        &self,
        requester: Requester,
        account: Option<&Account>,
        password: Password,
    ) -> Result<Checked, VerifyError> {
        let hash = account.and_then(Account::password_hash).cloned();
        let may_rehash = account.is_some_and(Account::admits_password_alone);
        let job = move |hasher: &Hasher| check(hasher, hash.as_ref(), password.reveal().as_bytes(), may_rehash);
        let checked = self.pool.run(requester, job).await?;
        checked.map_err(|error| VerifyError::unavailable(HASH_FAILED).with_source(error))
    }

    /// A failure here does not matter to who signs in; the next sign-in tries again.
    async fn store_rehashed(&self, account: &Account, new: PasswordHash) {
        let Some(old) = account.password_hash() else { return };
        match self.accounts.replace_password_hash(account.login_key(), old, new).await {
            Ok(true) => tracing::debug!("a password hash was renewed"),
            Ok(false) => tracing::debug!("a password hash was not renewed: it has changed in the meantime"),
            Err(error) => {
                let cause: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(error = cause, "a password hash could not be renewed");
            }
        }
    }
}

impl<S: AccountStore> Verifier<BasicCredentials> for PasswordVerifier<S> {
    type Value = Claims;

    async fn verify(&self, credentials: BasicCredentials, attempt: Attempt) -> Result<Verified<Claims>, VerifyError> {
        if credentials.password().reveal().len() > MAX_PASSWORD_LEN {
            return Err(VerifyError::refused(Reason::WRONG_PASSWORD));
        }
        let login = LoginKey::parse(credentials.user()).ok();
        let account = match &login {
            Some(login) => self.accounts.find_account(login).await?,
            None => None,
        };
        let name = login.as_ref().map_or(credentials.user(), LoginKey::as_str);
        let requester = Requester::new(attempt.source, name);
        let checked = self.check(requester, account.as_ref(), credentials.password().clone()).await?;

        let account = account.ok_or_else(|| VerifyError::refused(Reason::WRONG_PASSWORD))?;
        if !checked.is_right && account.password_hash().is_some() {
            return Err(VerifyError::refused(Reason::WRONG_PASSWORD));
        }
        if !checked.is_right || !account.admits_password_alone() {
            return Err(VerifyError::refused(Reason::ACCOUNT_STATE));
        }
        if let Some(new) = checked.rehashed {
            self.store_rehashed(&account, new).await;
        }
        Ok(Verified::new(facts(&account, &attempt), account.attributes().clone()))
    }
}

fn check(
    hasher: &Hasher,
    hash: Option<&PasswordHash>,
    password: &[u8],
    may_rehash: bool,
) -> Result<Checked, HashError> {
    let Some(hash) = hash else {
        hasher.verify_nothing(password)?;
        return Ok(Checked { is_right: false, rehashed: None });
    };
    let is_right = hasher.verify(hash, password)?;
    let rehashed = if is_right && may_rehash && hash.needs_rehash(hasher.params()) {
        hasher.create(password).inspect_err(|error| tracing::warn!(%error, "a password hash could not be renewed")).ok()
    } else {
        None
    };
    Ok(Checked { is_right, rehashed })
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
