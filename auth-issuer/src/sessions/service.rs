//! The service, and the verifier of its cookies.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth_core::credential::OpaqueToken;
use auth_core::{Attempt, Facts, Reason, Verified, Verifier, VerifyError};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

use super::store::{SessionRecord, SessionStore};
use crate::accounts::{Account, AccountState, AccountStore, Admits, everybody};
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::randomness;
use crate::secret::{Secret, SecretDigest};
use crate::sign_in::Granted;
use crate::text::{is_storable, shown};
use crate::time::later;
use crate::to_the_end::told;
use crate::unavailable::Unavailable;

/// How much of the idle time passes before a use is noted again.
const TOUCH_SHARE: u32 = 30;

/// Sessions of browsers: opaque secrets of 256 bits, of which the store has the digest.
///
/// Every sign-in begins a new session with a new secret; no secret that a browser brings is ever taken over. A session
/// ends when it is not used for 30 minutes, at the latest after 12 hours, when its owner ends it, and when the account's
/// epoch is raised. What begins, ends or carries a session over goes on to its end, and is told, even if the caller goes
/// away.
///
/// Put it into a cookie scheme of one's own (`#[derive(Scheme)]`), as the [module](super) shows: it is a verifier of
/// [`OpaqueToken`]s.
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
/// use auth_core::{Attempt, Factor, Source};
/// use auth_issuer::sessions::Sessions;
/// use auth_issuer::sign_in::Granted;
/// use auth_issuer::{Account, MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new();
/// let alice = Account::new("1", "alice")?;
/// store.accounts().insert(alice.clone())?;
/// let sessions = Sessions::new(store.clone(), store);
///
/// let now = SystemTime::now();
/// let attempt = Attempt::new(now, Source::Unknown);
/// let begun = sessions.begin(&Granted::new(alice, [Factor::new("pwd").at(now)], now), "Firefox", &attempt).await?;
/// assert!(sessions.find(begun.secret.reveal(), &attempt).await?.is_some());
/// assert!(sessions.end("1", &begun.id, &attempt).await?);
/// assert!(sessions.find(begun.secret.reveal(), &attempt).await?.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sessions<S, A> {
    store: Arc<S>,
    accounts: A,
    idle_timeout: Duration,
    lifetime: Duration,
    admit: Admits,
    audit: Audit,
}

/// A session that has begun.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BegunSession {
    /// What the browser gets.
    pub secret: Secret,
    /// The public id.
    pub id: String,
    /// How long the session lives at most.
    pub lifetime: Duration,
}

/// A session that is good: the value that [`Sessions`] verifies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LiveSession {
    /// The session.
    pub session: SessionRecord,
    /// Its account, as it is now.
    pub account: Account,
}

impl<S: SessionStore, A: AccountStore> Sessions<S, A> {
    /// Keeps sessions in `store`, for the accounts of `accounts`.
    #[must_use]
    pub fn new(store: S, accounts: A) -> Self {
        let (idle_timeout, lifetime) = (Duration::from_mins(30), Duration::from_hours(12));
        let (admit, audit) = (everybody(), Audit::default());
        Self { store: Arc::new(store), accounts, idle_timeout, lifetime, admit, audit }
    }

    /// How long a session lives that is not used: 30 minutes if not set. One that is longer than the
    /// [absolute lifetime](Self::with_absolute_lifetime) is as long as that.
    #[must_use]
    pub fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long a session lives, whatever is done: 12 hours if not set.
    #[must_use]
    pub fn with_absolute_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Turns accounts away that the service does not serve (any more), as [`SignIn::admit_only_if`] does: give both the
    /// same rule. Their sessions are not good here.
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

    /// Begins a session for a sign-in. `label` is how its owner knows it again, such as the user agent.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer or there is no randomness.
    pub async fn begin(&self, granted: &Granted, label: &str, attempt: &Attempt) -> Result<BegunSession, Unavailable> {
        let mut id = [0_u8; 16];
        randomness::fill(&mut id)?;
        let (id, secret, now) = (BASE64_URL_SAFE_NO_PAD.encode(id), Secret::generate()?, attempt.now);
        let expires_at = later(now, self.lifetime);
        let record = SessionRecord {
            id: id.clone(),
            digest: secret.digest(),
            account: granted.account.id().to_owned(),
            epoch: granted.epoch(),
            label: shown(label),
            factors: granted.factors.clone(),
            created_at: granted.auth_time,
            seen_at: now,
            idle_expires_at: later(now, self.idle_timeout).min(expires_at),
            expires_at,
        };
        let event = event(AuditName::SESSION_CREATED, &record.account, &id, attempt);
        let store = Arc::clone(&self.store);
        let insert = async move { store.insert_session(record).await };
        told(insert, |()| true, &self.audit, event).await?;
        Ok(BegunSession { secret, id, lifetime: self.lifetime })
    }

    /// Finds the session of a secret and notes its use; `None` if there is no good one.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer.
    pub async fn find(&self, secret: &str, attempt: &Attempt) -> Result<Option<LiveSession>, Unavailable> {
        let Some(digest) = SecretDigest::of_presented(secret) else { return Ok(None) };
        let now = attempt.now;
        let Some(session) = self.store.find_session(&digest, now).await? else { return Ok(None) };
        if now >= session.idle_expires_at || now >= session.expires_at {
            return Ok(None);
        }
        let is_good = |account: &Account| {
            account.state() == AccountState::Active && account.epoch() == session.epoch && (self.admit)(account)
        };
        let account = self.accounts.find_account_by_id(&session.account).await?.filter(is_good);
        let Some(account) = account else { return Ok(None) };
        let interval = self.idle_timeout.checked_div(TOUCH_SHARE).unwrap_or_default();
        if now >= later(session.seen_at, interval) {
            let idle_expires_at = later(now, self.idle_timeout).min(session.expires_at);
            if !self.store.touch_session(&session.id, now, idle_expires_at).await? {
                return Ok(None);
            }
        }
        Ok(Some(LiveSession { session, account }))
    }

    /// Ends a session of an account by its public id; says whether there was one.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn end(&self, account: &str, id: &str, attempt: &Attempt) -> Result<bool, Unavailable> {
        if !is_storable(id) {
            return Ok(false);
        }
        let event = event(AuditName::SESSION_EXPIRED, account, id, attempt);
        let (store, account, id) = (Arc::clone(&self.store), account.to_owned(), id.to_owned());
        let end = async move { store.end_session(&account, &id).await };
        told(end, |was_there| *was_there, &self.audit, event).await
    }

    /// The sessions of an account that are good, the latest first.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn list(&self, account: &Account, attempt: &Attempt) -> Result<Vec<SessionRecord>, Unavailable> {
        let mut sessions = self.store.list_sessions(account.id(), attempt.now).await?;
        sessions.retain(|session| session.epoch == account.epoch());
        Ok(sessions)
    }

    /// Carries the session in which its owner has changed the password over to the new epoch; all others of the account
    /// are void. Says whether it was there.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn carry(&self, session: &SessionRecord, epoch: u64, attempt: &Attempt) -> Result<bool, Unavailable> {
        let event = event(AuditName::SESSION_RENEWED, &session.account, &session.id, attempt);
        let (store, id, from) = (Arc::clone(&self.store), session.id.clone(), session.epoch);
        let carry = async move { store.carry_session(&id, from, epoch).await };
        told(carry, |was_there| *was_there, &self.audit, event).await
    }
}

fn event(name: AuditName, account: &str, id: &str, attempt: &Attempt) -> AuditEvent {
    AuditEvent::new(name, attempt).with_account(account).with_credential(id)
}

impl<S: SessionStore, A: AccountStore> Verifier<OpaqueToken> for Sessions<S, A> {
    type Value = LiveSession;

    async fn verify(&self, secret: OpaqueToken, attempt: Attempt) -> Result<Verified<LiveSession>, VerifyError> {
        let live = self.find(secret.as_ref().reveal(), &attempt).await?;
        let live = live.ok_or_else(|| VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))?;
        let LiveSession { session, account } = &live;
        let facts = Facts::new(account.id())
            .with_scopes(account.scopes())
            .with_roles(account.roles())
            .with_auth_time(session.created_at)
            .with_expiry(session.expires_at)
            .with_credential_id(session.id.as_str());
        let facts = session.factors.iter().cloned().fold(facts, Facts::with_factor);
        Ok(Verified::new(facts, live))
    }
}

impl<S, A> fmt::Debug for Sessions<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("idle_timeout", &self.idle_timeout)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}
