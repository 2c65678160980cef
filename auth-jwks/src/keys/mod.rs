//! Remote key sets: the keys that a provider publishes, kept at hand (RFC 7517 §5).
//!
//! A token names its key (`kid`), and anybody can write any name into a token. So the two cases are kept apart. A
//! key that is known is found at once, in the last set that was fetched, whatever the provider does meanwhile. Only
//! a key that is *not* known is a reason to ask, and all who miss one share one question, asked at most once a
//! minute.
//!
//! | rule | value |
//! | --- | --- |
//! | a set older than this is fetched anew in the background, once a request needs it | [`refresh_after`](RemoteKeySetBuilder::refresh_after): 5 minutes, at least 1 |
//! | a set older than this is not used any more: 503 | [`max_stale`](RemoteKeySetBuilder::max_stale): 24 hours, at most 24 |
//! | unknown key, set fetched less than a minute ago | 401, nothing is asked |
//! | unknown key, otherwise | waits for the one question under way, at most 2 seconds; then 503 |
//! | requests that wait | at most 256; more: 503 at once |
//! | after a failure, while there is a set to use | unknown keys are 503 at once for a minute; the background waits 1, 2, 4, then 5 minutes |
//! | after a failure, without a set to use | 503 at once for 5 seconds |
//! | answer | status 200, 256 KiB, 2 seconds, no redirect |
//! | keys in a set | 1 to 100 that can be used, no two of one `kid` |
//!
//! A set takes the place of the last one only if it can be used; otherwise the last one stays, and the failure is
//! logged and counted. Shared secrets in a set are dropped, and so are keys for other purposes and algorithms.
//!
//! # Deployment
//!
//! - A provider that replaces a key and signs with the new one at once has its new tokens refused for up to a
//!   minute (401). Publish new keys at least `refresh_after` before they sign.
//! - A key that the provider withdraws is believed until the next refresh that succeeds: `refresh_after` in good
//!   times, [`max_stale`](RemoteKeySetBuilder::max_stale) if the provider is down all the while. Shorten the latter
//!   if that is too long.
//! - Nothing is fetched when the program starts. Ask [`is_ready`](RemoteKeySet::is_ready) in the readiness probe, or
//!   spawn [`refresh`](RemoteKeySet::refresh).
//! - Questions run on the tokio runtime of the request that caused them. Outside of one, only keys that are at hand
//!   are found.

mod builder;
mod error;
mod flight;
mod location;
mod meter;
mod status;

pub use builder::RemoteKeySetBuilder;
pub use error::{KeySetError, KeySetErrorKind};
pub use status::KeySetStatus;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use auth_core::StoreError;
use auth_core::cache::Revocations;
use auth_core::jwt::{JwtAlgorithm, JwtKey, JwtKeySet, JwtKeySource, KeyLookup, WantedKey};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::{self, Instant};

use crate::fetch::{Fetcher, MAX_WAIT};
use flight::{Demand, State};
use location::Location;

/// The most requests that wait for a key at once.
const MAX_WAITING: usize = 256;
/// A set that is younger holds whatever the provider has: an unknown key is no reason to ask.
const FRESH_FOR: Duration = Duration::from_mins(1);

/// Keys that a provider publishes, within [limits](self). Clones share one set.
///
/// # Security
///
/// Made for addresses that you configure, never for one that a token names (`jku`, `x5u`).
///
/// # Examples
///
/// ```
/// use auth_core::jwt::{JwtAlgorithm, JwtKeySource, KeyLookup};
/// use auth_jwks::RemoteKeySet;
/// # struct Provider;
/// # impl auth_jwks::Fetch for Provider {
/// #     async fn get(&self, _: &str) -> Result<Vec<u8>, auth_jwks::FetchError> {
/// #         Ok(br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"2026-01",
/// #             "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#.to_vec())
/// #     }
/// #     async fn post_form(&self, _: &str, _: &auth_jwks::fetch::ClientCredentials, _: &[(&str, &str)])
/// #         -> Result<Vec<u8>, auth_jwks::FetchError> { unreachable!() }
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keys = RemoteKeySet::at("https://issuer.example/jwks")
///     .algorithms([JwtAlgorithm::EdDsa])
///     .fetch(Provider) // a fake, instead of HTTP
///     .build()?;
/// assert!(!keys.is_ready(), "nothing is fetched yet");
///
/// keys.refresh().await?;
/// assert!(keys.is_ready());
/// assert_eq!(keys.status().keys, 1);
///
/// let plain = RemoteKeySet::at("http://issuer.example/jwks").algorithms([JwtAlgorithm::EdDsa]).build();
/// assert!(plain.unwrap_err().to_string().contains("is not `https`"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RemoteKeySet(Arc<Remote>);

/// What the clones share.
struct Remote {
    location: Location,
    algorithms: Vec<JwtAlgorithm>,
    refresh_after: Duration,
    max_stale: Duration,
    fetch: Fetcher,
    snapshot: ArcSwapOption<Snapshot>,
    state: Mutex<State>,
    waiting: Semaphore,
    fetches: AtomicU64,
    failures: AtomicU64,
    revocations: Revocations,
}

/// The last good set.
struct Snapshot {
    set: JwtKeySet,
    fetched_at: Instant,
}

impl RemoteKeySet {
    /// Begins a set whose document (RFC 7517 §5) is at `address`.
    pub fn at(address: impl Into<String>) -> RemoteKeySetBuilder {
        RemoteKeySetBuilder::at(address.into())
    }

    /// Begins a set that is found by discovery (OIDC Discovery 1.0 §4): `issuer` publishes a document at
    /// `/.well-known/openid-configuration` below itself, which has to name the same issuer, byte for byte, and the
    /// address of its keys (`jwks_uri`). Both documents are fetched at each refresh.
    pub fn discover(issuer: impl Into<String>) -> RemoteKeySetBuilder {
        RemoteKeySetBuilder::discover(issuer.into())
    }

    /// Fetches the keys now, or joins the question that is under way. Requests need not call it: it is for programs
    /// that want the keys before the first request comes, or that were told of a change.
    ///
    /// # Errors
    ///
    /// [`KeySetError`] if the provider does not answer, or with something that cannot be used; the last good set
    /// stays then.
    pub async fn refresh(&self) -> Result<(), KeySetError> {
        self.0.join(Demand::Operator, Instant::now())?.outcome().await
    }

    /// Whether keys are at hand that may be used: fetched, and not too old.
    ///
    /// If they are not, or due for a refresh, then asking starts one in the background, within the limits. So an
    /// instance that gets no requests until it is ready becomes ready.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let now = Instant::now();
        match self.0.snapshot.load().as_deref() {
            Some(snapshot) if self.0.is_usable(snapshot, now) => {
                self.0.keep_fresh(snapshot, now);
                true
            }
            _ => {
                // Whether or not a question begins: the answer is no.
                drop(self.0.join(Demand::UnknownKey, now));
                false
            }
        }
    }

    /// How the set is doing, for metrics. Starts nothing.
    #[must_use]
    pub fn status(&self) -> KeySetStatus {
        let now = Instant::now();
        let snapshot = self.0.snapshot.load();
        KeySetStatus {
            is_ready: snapshot.as_deref().is_some_and(|snapshot| self.0.is_usable(snapshot, now)),
            keys: snapshot.as_deref().map_or(0, |snapshot| snapshot.set.keys().len()),
            age: snapshot.as_deref().map(|snapshot| snapshot.age(now)),
            fetches: self.0.fetches.load(Ordering::Relaxed),
            failures: self.0.failures.load(Ordering::Relaxed),
        }
    }
}

impl JwtKeySource for RemoteKeySet {
    fn find_now(&self, wanted: &WantedKey) -> KeyLookup {
        let now = Instant::now();
        if !self.0.algorithms.iter().any(|known| known.as_str() == wanted.algorithm) {
            return KeyLookup::Unknown;
        }
        let snapshot = self.0.snapshot.load();
        let Some(snapshot) = snapshot.as_deref().filter(|snapshot| self.0.is_usable(snapshot, now)) else {
            return KeyLookup::Ask;
        };
        if let Some(key) = snapshot.set.find(&wanted.algorithm, wanted.id.as_deref()) {
            self.0.keep_fresh(snapshot, now);
            return KeyLookup::Found(key);
        }
        if snapshot.age(now) < FRESH_FOR || snapshot.has_id(wanted) {
            return KeyLookup::Unknown;
        }
        KeyLookup::Ask
    }

    fn revocations(&self) -> Option<Revocations> {
        Some(self.0.revocations.clone())
    }

    async fn find(&self, wanted: WantedKey) -> Result<Option<JwtKey>, StoreError> {
        match self.find_now(&wanted) {
            KeyLookup::Found(key) => return Ok(Some(key)),
            KeyLookup::Unknown => return Ok(None),
            KeyLookup::Ask => {}
        }
        let unavailable = |kind| StoreError::new(KeySetError::new(kind));
        if Handle::try_current().is_err() {
            return Err(unavailable(KeySetErrorKind::NoRuntime));
        }
        let _place = self.0.waiting.try_acquire().or(Err(unavailable(KeySetErrorKind::TooManyWaiting)))?;
        let flight = self.0.join(Demand::UnknownKey, Instant::now()).map_err(StoreError::new)?;
        let outcome = time::timeout(MAX_WAIT, flight.outcome());
        outcome.await.or(Err(unavailable(KeySetErrorKind::TimedOut)))?.map_err(StoreError::new)?;
        match self.find_now(&wanted) {
            KeyLookup::Found(key) => Ok(Some(key)),
            KeyLookup::Unknown => Ok(None),
            // The new set grew old before this request had its turn.
            KeyLookup::Ask => Err(unavailable(KeySetErrorKind::TimedOut)),
        }
    }
}

impl Remote {
    fn is_usable(&self, snapshot: &Snapshot, now: Instant) -> bool {
        snapshot.age(now) <= self.max_stale
    }

    /// Starts a refresh in the background if one is due. Never waits.
    fn keep_fresh(self: &Arc<Self>, snapshot: &Snapshot, now: Instant) {
        if snapshot.age(now) > self.refresh_after {
            self.try_join(Demand::Background, now);
        }
    }
}

impl Snapshot {
    fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.fetched_at)
    }

    /// Whether a key has the id that is wanted. One that was not found is for another algorithm then, and another
    /// set would not help: one key, one algorithm.
    fn has_id(&self, wanted: &WantedKey) -> bool {
        wanted.id.is_some() && self.set.keys().iter().any(|key| key.id() == wanted.id.as_deref())
    }
}

impl fmt::Debug for RemoteKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeySet")
            .field("location", &self.0.location)
            .field("algorithms", &self.0.algorithms)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
