//! The limits on guessing, as services ask for them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::{Attempt, Source, StoreError};

use super::reservation::{Held, Reservation};
use super::rule::{CounterKey, Reserved, Rule, Settled};
use super::rules::ThrottleRules;
use super::store::ThrottleStore;
use crate::digest_key::DigestKey;
use crate::login_key::LoginKey;
use crate::unavailable::Unavailable;

/// How long an attempt waits for another in flight, in steps: two seconds together.
const WAITS: [Duration; 8] = [
    Duration::from_millis(10),
    Duration::from_millis(40),
    Duration::from_millis(150),
    Duration::from_millis(300),
    Duration::from_millis(350),
    Duration::from_millis(350),
    Duration::from_millis(400),
    Duration::from_millis(400),
];

/// Limits guessing, within [`ThrottleRules`]. Clones share their counters.
///
/// An attempt asks for a place *before* anything is computed for it, and settles it when its outcome is known; so the
/// attempts in flight count, and any number of them at once is admitted no oftener than one after the other. Names and
/// sources are digested under a key: the store learns neither, and unknown names are counted like known ones.
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
/// use auth_core::{Attempt, Source};
/// use auth_issuer::throttle::{Admission, Settled, Throttle};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let throttle = Throttle::in_memory();
/// let attempt = Attempt::new(SystemTime::now(), Source::Unknown);
/// for _ in 0..10 {
///     let Admission::Admitted(place) = throttle.admit_password("alice", &attempt).await? else { panic!("throttled") };
///     place.settle(Settled::Failure).await?;
/// }
/// assert!(matches!(throttle.admit_password("ALICE", &attempt).await?, Admission::Throttled { .. }));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Throttle(Option<Arc<Inner>>);

pub(super) struct Inner {
    store: Box<dyn AnyStore>,
    key: DigestKey,
    rules: ThrottleRules,
}

/// The answer to an attempt that asks for a place.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Admission {
    /// It may go on.
    Admitted(Reservation),
    /// It may not: too many before it have failed. Nothing was counted.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
}

impl Throttle {
    /// Keeps counters in `store`, under `key`. Nodes that share the store need the same key.
    #[must_use]
    pub fn new(store: impl ThrottleStore, key: DigestKey) -> Self {
        Self::with_rules(store, key, ThrottleRules::default())
    }

    /// The same with other rules.
    #[must_use]
    pub fn with_rules(store: impl ThrottleStore, key: DigestKey, rules: ThrottleRules) -> Self {
        Self(Some(Arc::new(Inner { store: Box::new(store), key, rules })))
    }

    /// Keeps counters in the memory of this process, under a random key: for one process, and not beyond its end.
    #[must_use]
    pub fn in_memory() -> Self {
        // Nobody else reads these counters; without randomness any key is as good.
        let key = DigestKey::random().unwrap_or_else(|_| DigestKey::fixed());
        Self::new(crate::stores::MemoryStore::new(), key)
    }

    /// Counts nothing and admits everything.
    ///
    /// # Security
    ///
    /// For services whose callers are counted elsewhere. Otherwise passwords and codes can be guessed without a limit.
    #[must_use]
    pub fn off() -> Self {
        tracing::warn!("guessing is not limited; use `Throttle::new` unless something else limits it");
        Self(None)
    }

    /// Whether anything is limited.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Whether another process would count apart. One that counts nothing does not.
    pub(crate) fn counts_in_process(&self) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.store.counts_in_process())
    }

    /// Asks for a place for an attempt to guess the password of a name, which may or may not be an account's.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer, or attempts in flight fill a limit for two seconds.
    pub async fn admit_password(&self, name: &str, attempt: &Attempt) -> Result<Admission, Unavailable> {
        let Some(inner) = &self.0 else { return Ok(Admission::Admitted(Reservation::none())) };
        let key = LoginKey::parse(name).ok();
        let name = key.as_ref().map_or(name, LoginKey::as_str).as_bytes();
        let source = source_text(attempt.source);
        let rules = &inner.rules;
        let wanted = [
            inner.held("source", &[source.as_bytes()], rules.source, false),
            inner.name_and_source(name, &source),
            // Last, since an attempt that it admits is the one of its time.
            inner.held("name", &[name], rules.name, false),
        ];
        Inner::admit(inner, wanted, attempt.now).await
    }

    /// Forgets the wrong passwords for a name from one source, once a sign-in is completed whose password was right in
    /// another request. Where no place is free nothing is forgotten: the counter heals by itself.
    pub(crate) async fn forget_passwords(&self, name: &LoginKey, attempt: &Attempt) -> Result<(), Unavailable> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let held = inner.name_and_source(name.as_str().as_bytes(), &source_text(attempt.source));
        // A place of its own, or it would settle that of an attempt in flight.
        if inner.store.reserve(held.key, held.rule, attempt.now).await? == Reserved::Admitted {
            let mut place = Reservation::new(Arc::clone(inner), attempt.now);
            place.add(held);
            place.settle(Settled::Success).await?;
        }
        Ok(())
    }

    /// Asks for a place for an attempt to guess a code of an account's second factor.
    ///
    /// # Errors
    ///
    /// As [`admit_password`](Self::admit_password).
    pub async fn admit_code(&self, account: &str, attempt: &Attempt) -> Result<Admission, Unavailable> {
        let Some(inner) = &self.0 else { return Ok(Admission::Admitted(Reservation::none())) };
        let (account, rules) = (account.as_bytes(), &inner.rules);
        let wanted = [
            inner.held("code", &[account], rules.code, true),
            inner.held("codes in all", &[account], rules.codes_in_all, true),
        ];
        Inner::admit(inner, wanted, attempt.now).await
    }

    /// Asks for a place for an attempt to guess a recovery code of an account. Wrong codes of its second factor do not
    /// count here, nor the other way.
    ///
    /// # Errors
    ///
    /// As [`admit_password`](Self::admit_password).
    pub async fn admit_recovery_code(&self, account: &str, attempt: &Attempt) -> Result<Admission, Unavailable> {
        let Some(inner) = &self.0 else { return Ok(Admission::Admitted(Reservation::none())) };
        let wanted = [inner.held("recovery code", &[account.as_bytes()], inner.rules.recovery_code, true)];
        Inner::admit(inner, wanted, attempt.now).await
    }

    /// Asks for a mail to an address, which may or may not be an account's. Every mail counts; there is nothing to
    /// settle.
    ///
    /// # Errors
    ///
    /// As [`admit_password`](Self::admit_password).
    pub async fn admit_mail(&self, address: &str, attempt: &Attempt) -> Result<Option<Duration>, Unavailable> {
        let Some(inner) = &self.0 else { return Ok(None) };
        let key = LoginKey::parse(address).ok();
        let address = key.as_ref().map_or(address, LoginKey::as_str).as_bytes();
        let source = source_text(attempt.source);
        let wanted = [
            inner.held("mail from source", &[source.as_bytes()], inner.rules.mail_from_source, false),
            inner.held("mail to address", &[address], inner.rules.mail_to_address, false),
        ];
        Inner::count(inner, wanted, attempt.now).await
    }

    /// Counts a use of a good credential under a counter of its own; how long to wait if it was used too often.
    pub(crate) async fn admit_use(
        &self,
        credential: &str,
        rule: Rule,
        attempt: &Attempt,
    ) -> Result<Option<Duration>, Unavailable> {
        let Some(inner) = &self.0 else { return Ok(None) };
        let wanted = [inner.held("use", &[credential.as_bytes()], rule, false)];
        Inner::count(inner, wanted, attempt.now).await
    }
}

impl Inner {
    fn held(&self, domain: &str, parts: &[&[u8]], rule: Rule, is_cleared_by_success: bool) -> Held {
        Held { key: CounterKey::from_bytes(self.key.digest(domain, parts)), rule, is_cleared_by_success }
    }

    fn name_and_source(&self, name: &[u8], source: &str) -> Held {
        self.held("name and source", &[name, source.as_bytes()], self.rules.name_and_source, true)
    }

    /// All of the places or none.
    async fn admit<const N: usize>(
        this: &Arc<Self>,
        wanted: [Held; N],
        now: SystemTime,
    ) -> Result<Admission, Unavailable> {
        let mut places = Reservation::new(Arc::clone(this), now);
        for held in wanted {
            match this.reserve_in_time(&held, now).await? {
                Reserved::Admitted => places.add(held),
                Reserved::Busy => {
                    places.settle(Settled::Abandoned).await?;
                    return Err(Unavailable::new(Unavailable::THROTTLE_BUSY, "too many attempts are in flight"));
                }
                Reserved::Refused { retry_after } => {
                    places.settle(Settled::Abandoned).await?;
                    return Ok(Admission::Throttled { retry_after });
                }
            }
        }
        Ok(Admission::Admitted(places))
    }

    /// Counts at once; how long to wait if there is no place.
    async fn count<const N: usize>(
        this: &Arc<Self>,
        wanted: [Held; N],
        now: SystemTime,
    ) -> Result<Option<Duration>, Unavailable> {
        match Self::admit(this, wanted, now).await? {
            Admission::Admitted(place) => place.settle(Settled::Failure).await.map(|()| None),
            Admission::Throttled { retry_after } => Ok(Some(retry_after)),
        }
    }

    async fn reserve_in_time(&self, held: &Held, now: SystemTime) -> Result<Reserved, StoreError> {
        for wait in WAITS {
            match self.store.reserve(held.key, held.rule, now).await? {
                // Others in flight may be right or of other processes, so nothing wakes this one.
                Reserved::Busy => tokio::time::sleep(wait).await,
                decided => return Ok(decided),
            }
        }
        self.store.reserve(held.key, held.rule, now).await
    }

    pub(super) async fn settle(&self, held: &Held, settled: Settled, now: SystemTime) -> Result<(), StoreError> {
        let settled = match settled {
            Settled::Success if !held.is_cleared_by_success => Settled::Abandoned,
            settled => settled,
        };
        self.store.settle(held.key, held.rule, settled, now).await
    }
}

fn source_text(source: Source) -> String {
    match source {
        Source::Network(address) => address.to_string(),
        _ => "unknown".to_owned(),
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttle").field("rules", &self.0.as_ref().map(|inner| &inner.rules)).finish_non_exhaustive()
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("rules", &self.rules).finish_non_exhaustive()
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A store of any type.
trait AnyStore: Send + Sync {
    fn counts_in_process(&self) -> bool;
    fn reserve(&self, key: CounterKey, rule: Rule, now: SystemTime) -> Answer<'_, Reserved>;
    fn settle(&self, key: CounterKey, rule: Rule, settled: Settled, now: SystemTime) -> Answer<'_, ()>;
}

impl<S: ThrottleStore> AnyStore for S {
    fn counts_in_process(&self) -> bool {
        ThrottleStore::counts_in_process(self)
    }

    fn reserve(&self, key: CounterKey, rule: Rule, now: SystemTime) -> Answer<'_, Reserved> {
        Box::pin(ThrottleStore::reserve(self, key, rule, now))
    }

    fn settle(&self, key: CounterKey, rule: Rule, settled: Settled, now: SystemTime) -> Answer<'_, ()> {
        Box::pin(ThrottleStore::settle(self, key, rule, settled, now))
    }
}
