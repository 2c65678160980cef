//! One-time secrets, as services and endpoints use them.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::Attempt;

use super::store::{OneTimeRecord, OneTimeStore, Purpose, Slot};
use crate::accounts::{Account, AccountStore, Admits, everybody};
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::secret::{Secret, SecretDigest};
use crate::time::later;
use crate::to_the_end::told;
use crate::unavailable::Unavailable;

/// Issues secrets that are good once, for one purpose and one account, and redeems them.
///
/// A secret is void as soon as the account's [epoch](Account::epoch) is another than when it was issued: after a change
/// of password, factors or state. Redeeming one voids all others of its account and purpose; asking for another voids
/// none, so nobody can take a link away from its owner by asking for a new one. Whatever is issued or redeemed is told, even
/// if the caller goes away.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use auth_core::{Attempt, Source};
/// use auth_issuer::one_time::{OneTimeSecrets, Purpose};
/// use auth_issuer::{Account, MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new();
/// let alice = Account::new("1", "alice@example.com")?;
/// store.accounts().insert(alice.clone())?;
/// let links = OneTimeSecrets::new(store.clone(), store);
///
/// let attempt = Attempt::new(SystemTime::now(), Source::Unknown);
/// let lifetime = Duration::from_secs(600);
/// let link = links.issue(&alice, Purpose::LOGIN, lifetime, &attempt).await?.expect("a place");
/// assert!(links.peek(Purpose::RESET_PASSWORD, link.reveal(), &attempt).await?.is_none(), "another purpose");
/// assert!(links.redeem(Purpose::LOGIN, link.reveal(), &attempt).await?.is_some());
/// assert!(links.redeem(Purpose::LOGIN, link.reveal(), &attempt).await?.is_none(), "it is spent");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct OneTimeSecrets<O, A> {
    store: Arc<O>,
    accounts: A,
    longest: Vec<(Purpose, Duration)>,
    admit: Admits,
    audit: Audit,
}

/// A one-time secret that is good.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OneTime {
    /// Whom it is for, as the account is now.
    pub account: Account,
    /// The epoch that whatever is issued for it has to carry.
    pub epoch: u64,
    /// From when on it would have been refused.
    pub expires_at: SystemTime,
}

impl<O: OneTimeStore, A: AccountStore> OneTimeSecrets<O, A> {
    /// Keeps secrets in `store`, for the accounts of `accounts`.
    #[must_use]
    pub fn new(store: O, accounts: A) -> Self {
        let (admit, audit) = (everybody(), Audit::default());
        Self { store: Arc::new(store), accounts, longest: Vec::new(), admit, audit }
    }

    /// Turns accounts away that the service does not serve (any more), as [`SignIn::admit_only_if`] does: give both the
    /// same rule. Their secrets are not good here, and are not spent.
    ///
    /// [`SignIn::admit_only_if`]: crate::SignIn::admit_only_if
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

    /// Lets secrets of a purpose live so long, where that is over the [longest](Purpose::longest_life).
    ///
    /// # Security
    ///
    /// Weakens the check, and says so in the log: a mail is read by others for as long as it lies about, and its link opens
    /// the account for as long (OWASP ASVS 6.5.5).
    #[must_use]
    pub fn with_insecure_longest_life(mut self, purpose: Purpose, life: Duration) -> Self {
        tracing::warn!(%purpose, ?life, "one-time secrets may live longer than they should");
        self.longest.retain(|(other, _)| *other != purpose);
        self.longest.push((purpose, life));
        self
    }

    /// Issues a secret beside others; `None` if the account has [three](super::SLOTS) live ones of the purpose.
    ///
    /// It lives for `life`, and not longer than the [longest](Purpose::longest_life) of its purpose: what is over is cut,
    /// and said in the log.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer or there is no randomness.
    pub async fn issue(
        &self,
        account: &Account,
        purpose: Purpose,
        lifetime: Duration,
        attempt: &Attempt,
    ) -> Result<Option<Secret>, Unavailable> {
        let lifetime = self.within(purpose, lifetime);
        let event = event(AuditName::TOKEN_CREATED, account, purpose, attempt);
        let (store, account, now) = (Arc::clone(&self.store), account.clone(), attempt.now);
        let issue = async move { issue(&store, &account, purpose, lifetime, Slot::Free, now).await };
        told(issue, Option::is_some, &self.audit, event).await
    }

    /// Issues a secret in place of all others of the account and purpose. It lives as long as one that is
    /// [issued](Self::issue).
    ///
    /// # Errors
    ///
    /// As [`issue`](Self::issue).
    pub async fn replace(
        &self,
        account: &Account,
        purpose: Purpose,
        lifetime: Duration,
        attempt: &Attempt,
    ) -> Result<Secret, Unavailable> {
        let lifetime = self.within(purpose, lifetime);
        let event = event(AuditName::TOKEN_CREATED, account, purpose, attempt);
        let (store, account, now) = (Arc::clone(&self.store), account.clone(), attempt.now);
        let replace = async move { replace(&store, &account, purpose, lifetime, now).await };
        told(replace, |_| true, &self.audit, event).await
    }

    /// Looks at a secret without spending it; `None` if it is not good, whatever the reason.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer.
    pub async fn peek(
        &self,
        purpose: Purpose,
        secret: &str,
        attempt: &Attempt,
    ) -> Result<Option<OneTime>, Unavailable> {
        Ok(self.find(purpose, secret, attempt).await?.map(|(one_time, _)| one_time))
    }

    /// Spends a secret; `None` if it is not good. Of any number of requests at once exactly one gets it.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer; the secret counts as spent then.
    pub async fn redeem(
        &self,
        purpose: Purpose,
        secret: &str,
        attempt: &Attempt,
    ) -> Result<Option<OneTime>, Unavailable> {
        let Some((one_time, record)) = self.find(purpose, secret, attempt).await? else { return Ok(None) };
        let event = event(AuditName::TOKEN_DELETE, &one_time.account, purpose, attempt);
        let (store, now) = (Arc::clone(&self.store), attempt.now);
        let redeem = async move { store.redeem_one_time(&record, now).await };
        let is_redeemed = told(redeem, |is_redeemed| *is_redeemed, &self.audit, event).await?;
        Ok(is_redeemed.then_some(one_time))
    }

    async fn find(
        &self,
        purpose: Purpose,
        secret: &str,
        attempt: &Attempt,
    ) -> Result<Option<(OneTime, OneTimeRecord)>, Unavailable> {
        let found = find(&self.store, &self.accounts, purpose, secret, attempt.now).await?;
        Ok(found.filter(|(one_time, _)| (self.admit)(&one_time.account)))
    }

    fn within(&self, purpose: Purpose, life: Duration) -> Duration {
        let own = self.longest.iter().find(|(other, _)| *other == purpose).map(|(_, longest)| *longest);
        let longest = own.unwrap_or_else(|| purpose.longest_life());
        if life > longest {
            tracing::warn!(%purpose, ?life, ?longest, "the life of a one-time secret is cut");
        }
        life.min(longest)
    }
}

fn event(name: AuditName, account: &Account, purpose: Purpose, attempt: &Attempt) -> AuditEvent {
    AuditEvent::new(name, attempt).with_account(account.id()).about(purpose.as_str())
}

impl<O, A> fmt::Debug for OneTimeSecrets<O, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneTimeSecrets").finish_non_exhaustive()
    }
}

pub(crate) async fn issue<O: OneTimeStore>(
    store: &O,
    account: &Account,
    purpose: Purpose,
    lifetime: Duration,
    slot: Slot,
    now: SystemTime,
) -> Result<Option<Secret>, Unavailable> {
    let secret = Secret::generate()?;
    let record = OneTimeRecord {
        purpose,
        account: account.id().to_owned(),
        epoch: account.epoch(),
        digest: secret.digest(),
        expires_at: later(now, lifetime),
    };
    Ok(store.insert_one_time(record, slot, now).await?.then_some(secret))
}

pub(crate) async fn replace<O: OneTimeStore>(
    store: &O,
    account: &Account,
    purpose: Purpose,
    lifetime: Duration,
    now: SystemTime,
) -> Result<Secret, Unavailable> {
    issue(store, account, purpose, lifetime, Slot::Only, now)
        .await?
        .ok_or_else(|| Unavailable::new(auth_core::Reason::STORE, "the store has no place for the only secret"))
}

/// Finds a secret whose account is still of the epoch that it was issued in.
pub(crate) async fn find<O: OneTimeStore, A: AccountStore>(
    store: &O,
    accounts: &A,
    purpose: Purpose,
    secret: &str,
    now: SystemTime,
) -> Result<Option<(OneTime, OneTimeRecord)>, Unavailable> {
    let Some(digest) = SecretDigest::of_presented(secret) else { return Ok(None) };
    let Some(record) = store.find_one_time(purpose, &digest, now).await? else { return Ok(None) };
    let account = accounts.find_account_by_id(&record.account).await?;
    let Some(account) = account.filter(|account| account.epoch() == record.epoch) else { return Ok(None) };
    let one_time = OneTime { account, epoch: record.epoch, expires_at: record.expires_at };
    Ok(Some((one_time, record)))
}
