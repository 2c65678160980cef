//! The builder of remote key sets: every mistake is found here, when the program starts.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use auth_core::cache::Revocations;
use auth_core::jwt::JwtAlgorithm;
use auth_core::{ConfigError, ConfigErrorKind};
use tokio::sync::Semaphore;

use super::flight::State;
use super::location::Location;
use super::{MAX_WAITING, Remote, RemoteKeySet};
use crate::address::Address;
use crate::fetch::{Fetch, Fetcher, address_error};

const DEFAULT_REFRESH_AFTER: Duration = Duration::from_mins(5);
/// Together with the pauses after failures: at most one question a minute.
const MIN_REFRESH_AFTER: Duration = Duration::from_mins(1);
const MAX_STALE: Duration = Duration::from_hours(24);

/// Puts a [`RemoteKeySet`] together. Algorithms are needed.
#[must_use]
pub struct RemoteKeySetBuilder {
    place: Place,
    algorithms: Vec<JwtAlgorithm>,
    refresh_after: Duration,
    max_stale: Duration,
    allows_http: bool,
    fetch: Option<Fetcher>,
}

/// What was given, still unchecked.
enum Place {
    At(String),
    Discover(String),
}

impl RemoteKeySetBuilder {
    pub(super) fn at(address: String) -> Self {
        Self::new(Place::At(address))
    }

    pub(super) fn discover(issuer: String) -> Self {
        Self::new(Place::Discover(issuer))
    }

    fn new(place: Place) -> Self {
        Self {
            place,
            algorithms: Vec::new(),
            refresh_after: DEFAULT_REFRESH_AFTER,
            max_stale: MAX_STALE,
            allows_http: false,
            fetch: None,
        }
    }

    /// The algorithms that tokens may be signed with. A key that names no `alg` counts for the only one of these
    /// that it fits, so name one algorithm for each kind of key.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = JwtAlgorithm>) -> Self {
        for algorithm in algorithms {
            if !self.algorithms.contains(&algorithm) {
                self.algorithms.push(algorithm);
            }
        }
        self
    }

    /// The age at which a set is fetched anew: 5 minutes if not set, at least 1, less than
    /// [`max_stale`](Self::max_stale).
    pub fn refresh_after(mut self, age: Duration) -> Self {
        self.refresh_after = age;
        self
    }

    /// The age up to which a set is used while the provider does not answer: 24 hours if not set, at most 24.
    pub fn max_stale(mut self, age: Duration) -> Self {
        self.max_stale = age;
        self
    }

    /// Reaches the provider in another way than by `HttpFetch`.
    pub fn fetch(mut self, fetch: impl Fetch) -> Self {
        self.fetch = Some(Fetcher::new(fetch));
        self
    }

    /// Accepts addresses with `http`, for a provider on the loopback of a test.
    ///
    /// # Security
    ///
    /// Weakens the check, and says so in the log: whoever is on the way to the provider chooses the keys.
    pub fn with_insecure_http(mut self) -> Self {
        self.allows_http = true;
        self
    }

    /// Checks everything and makes the set. Nothing is fetched yet.
    ///
    /// # Errors
    ///
    /// If the address is none or not `https`, there is no algorithm or one that takes a shared secret, an age is out
    /// of its bounds, or there is no HTTP client.
    pub fn build(self) -> Result<RemoteKeySet, ConfigError> {
        let location = self.place.check(self.allows_http)?;
        check_algorithms(&self.algorithms)?;
        check_ages(self.refresh_after, self.max_stale)?;
        let fetch = self.fetch.map_or_else(|| Fetcher::standard(self.allows_http), Ok)?;
        if self.allows_http {
            tracing::warn!(address = %location, "keys may come over plain http; use `https` outside of tests");
        }
        Ok(RemoteKeySet(
            Remote {
                location,
                algorithms: self.algorithms,
                refresh_after: self.refresh_after,
                max_stale: self.max_stale,
                fetch,
                snapshot: ArcSwapOption::empty(),
                state: Mutex::new(State::default()),
                waiting: Semaphore::new(MAX_WAITING),
                fetches: AtomicU64::new(0),
                failures: AtomicU64::new(0),
                revocations: Revocations::new(),
            }
            .into(),
        ))
    }
}

impl Place {
    fn check(self, allows_http: bool) -> Result<Location, ConfigError> {
        match self {
            Self::At(address) => Address::parse(&address, allows_http).map(Location::At).map_err(|why| {
                let example = "https://issuer.example/jwks.json";
                address_error(ConfigErrorKind::Address, "a key set", &address, why, example)
            }),
            Self::Discover(issuer) => {
                let complain =
                    |why| address_error(ConfigErrorKind::Issuer, "an issuer", &issuer, why, "https://issuer.example");
                if Address::parse(&issuer, allows_http).map_err(complain)?.has_query() {
                    return Err(complain("has a query (`?`)"));
                }
                let base = issuer.strip_suffix('/').unwrap_or(&issuer);
                let document = format!("{base}/.well-known/openid-configuration");
                let document = Address::parse(&document, allows_http).map_err(complain)?;
                Ok(Location::Discovered { issuer, document, allows_http })
            }
        }
    }
}

fn check_algorithms(algorithms: &[JwtAlgorithm]) -> Result<(), ConfigError> {
    let complain = |text: String| Err(ConfigError::new(ConfigErrorKind::Algorithm, text));
    let example = "`.algorithms([JwtAlgorithm::Rs256])`";
    if algorithms.is_empty() {
        return complain(format!("the remote key set has no algorithm; name those that you accept: {example}"));
    }
    match algorithms.iter().find(|algorithm| is_for_secrets(**algorithm)) {
        Some(secret) => {
            complain(format!("{secret} takes a shared secret, which no key set may publish; use {example}"))
        }
        None => Ok(()),
    }
}

fn is_for_secrets(algorithm: JwtAlgorithm) -> bool {
    matches!(algorithm, JwtAlgorithm::Hs256 | JwtAlgorithm::Hs384 | JwtAlgorithm::Hs512)
}

fn check_ages(refresh_after: Duration, max_stale: Duration) -> Result<(), ConfigError> {
    let complain = |text: String| Err(ConfigError::new(ConfigErrorKind::Limit, text));
    if refresh_after < MIN_REFRESH_AFTER {
        let (age, min) = (refresh_after.as_secs_f64(), MIN_REFRESH_AFTER.as_secs());
        return complain(format!("`refresh_after` of {age} s is too short; use at least {min} s"));
    }
    if max_stale > MAX_STALE {
        let (age, max) = (max_stale.as_secs_f64(), MAX_STALE.as_secs());
        return complain(format!("`max_stale` of {age} s is too long; use at most {max} s"));
    }
    if max_stale <= refresh_after {
        let (stale, refresh) = (max_stale.as_secs_f64(), refresh_after.as_secs_f64());
        return complain(format!(
            "`max_stale` of {stale} s is not longer than `refresh_after` of {refresh} s; keys would be dropped before they are fetched anew"
        ));
    }
    Ok(())
}

impl fmt::Debug for RemoteKeySetBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeySetBuilder")
            .field("algorithms", &self.algorithms)
            .field("refresh_after", &self.refresh_after)
            .field("max_stale", &self.max_stale)
            .finish_non_exhaustive()
    }
}
