//! The builder of introspection verifiers: every mistake is found here, when the program starts.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::jwt::ClaimRules;
use auth_core::{ConfigError, ConfigErrorKind};

use super::answer::Expected;
use super::table::Table;
use super::{IntrospectionVerifier, Provider};
use crate::address::Address;
use crate::fetch::{ClientCredentials, Fetch, Fetcher, address_error};

const DEFAULT_CACHE_FOR: Duration = Duration::from_mins(1);
const MAX_CACHE_FOR: Duration = Duration::from_mins(1);
const DEFAULT_CAPACITY: usize = 10_000;

/// Puts an [`IntrospectionVerifier`] together. A client and an audience are needed.
#[must_use]
pub struct IntrospectionVerifierBuilder {
    address: String,
    client: Option<ClientCredentials>,
    expected: Expected,
    cache_for: Duration,
    capacity: usize,
    allows_http: bool,
    fetch: Option<Fetcher>,
}

impl IntrospectionVerifierBuilder {
    pub(super) fn new(address: String) -> Self {
        Self {
            address,
            client: None,
            expected: Expected {
                issuers: Vec::new(),
                audiences: Vec::new(),
                audience_may_be_absent: false,
                rules: ClaimRules::default(),
            },
            cache_for: DEFAULT_CACHE_FOR,
            capacity: DEFAULT_CAPACITY,
            allows_http: false,
            fetch: None,
        }
    }

    /// Who asks: the id and secret of this service at the provider, sent by Basic (RFC 6749 §2.3.1).
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.client = Some(ClientCredentials::new(id, secret));
        self
    }

    /// Allows an audience: one of the answer's `aud` has to be equal to it, byte for byte.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.expected.audiences.push(audience.into());
        self
    }

    /// Accepts an answer without `aud`, which RFC 7662 §2.2 permits. One that is there still has to be allowed.
    ///
    /// # Security
    ///
    /// Weakens the check, and says so in the log. Right only if the provider says that a token is active to nobody but those
    /// it is for, as RFC 7662 §4 asks: otherwise a token for another service opens this one.
    pub fn with_insecure_absent_audience(mut self) -> Self {
        self.expected.audience_may_be_absent = true;
        self
    }

    /// Allows an issuer: the answer's `iss`, if there is one, has to be equal to it, byte for byte. Without any,
    /// `iss` is not looked at.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.expected.issuers.push(issuer.into());
        self
    }

    /// How far clocks may differ: at most 300 seconds; 60 if not set.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.expected.rules = self.expected.rules.with_leeway(leeway);
        self
    }

    /// Finds the roles elsewhere than in `roles`: in the claim of that name, like `https://acme.example/roles`, or at
    /// the end of a path of names joined by dots, like `realm_access.roles`.
    pub fn roles_at(mut self, path: &str) -> Self {
        self.expected.rules = self.expected.rules.with_roles_at(path);
        self
    }

    /// How long a positive answer is kept, if the token lasts that long: 60 seconds if not set, and at most. Zero is
    /// [without a cache](Self::without_cache).
    pub fn cache_for(mut self, time: Duration) -> Self {
        self.cache_for = time;
        self
    }

    /// How many answers are kept: 10,000 if not set. Zero is [without a cache](Self::without_cache).
    pub fn cache_capacity(mut self, answers: usize) -> Self {
        self.capacity = answers;
        self
    }

    /// Keeps no answer: every request asks, and what the provider revokes is refused at once. Requests with one token at
    /// the same moment still share a question.
    ///
    /// [`RealmBuilder::without_cache`](auth_core::RealmBuilder::without_cache) does not do this: it is about the realm's own
    /// cache, which these answers are no part of.
    pub fn without_cache(self) -> Self {
        self.cache_capacity(0)
    }

    /// Reaches the provider in another way than by `HttpFetch`.
    pub fn fetch(mut self, fetch: impl Fetch) -> Self {
        self.fetch = Some(Fetcher::new(fetch));
        self
    }

    /// Accepts an address with `http`, for a provider on the loopback of a test.
    ///
    /// # Security
    ///
    /// Weakens the check, and says so in the log: whoever is on the way to the provider reads tokens and the
    /// client's secret, and answers what they like.
    pub fn with_insecure_http(mut self) -> Self {
        self.allows_http = true;
        self
    }

    /// Checks everything and makes the verifier.
    ///
    /// # Errors
    ///
    /// If the address is none or not `https`, there is no client or one without id or secret, there is no audience,
    /// an audience or issuer or a name on the way to the roles is empty, a number is out of its bounds, or there is no HTTP
    /// client.
    pub fn build(self) -> Result<IntrospectionVerifier, ConfigError> {
        let address = Address::parse(&self.address, self.allows_http).map_err(|why| {
            let example = "https://issuer.example/introspect";
            address_error(ConfigErrorKind::Address, "an introspection endpoint", &self.address, why, example)
        })?;
        let client = self.client.filter(ClientCredentials::is_complete).ok_or_else(|| {
            let text = "the introspection verifier has no client, or one without id or secret; say who asks: `.client(\"api\", secret)`";
            ConfigError::new(ConfigErrorKind::Client, text)
        })?;
        check_expected(&self.expected)?;
        check_cache(self.cache_for)?;
        let cache_for = if self.capacity == 0 { Duration::ZERO } else { self.cache_for };
        let fetch = self.fetch.map_or_else(|| Fetcher::standard(self.allows_http), Ok)?;
        if self.allows_http {
            tracing::warn!(%address, "tokens may go over plain http; use `https` outside of tests");
        }
        if self.expected.audience_may_be_absent {
            tracing::warn!(%address, "tokens that name no audience are accepted; have the provider name one");
        }
        Ok(IntrospectionVerifier(Arc::new(Provider {
            address,
            client,
            expected: self.expected,
            fetch,
            cache_for,
            table: Mutex::new(Table::new(self.capacity)),
        })))
    }
}

fn check_expected(expected: &Expected) -> Result<(), ConfigError> {
    let complain = |kind, text: String| Err(ConfigError::new(kind, text));
    let Expected { issuers, audiences, rules, .. } = expected;
    let is_empty = |name: &String| name.trim().is_empty();
    if audiences.is_empty() {
        let text =
            "the introspection verifier has no audience; name the one that you accept: `.audience(\"api.example\")`";
        return complain(ConfigErrorKind::Audience, text.to_owned());
    }
    if audiences.iter().any(is_empty) {
        let text = "\"\" is not an audience; name the one that you accept: `.audience(\"api.example\")`";
        return complain(ConfigErrorKind::Audience, text.to_owned());
    }
    if issuers.iter().any(is_empty) {
        let text = "\"\" is not an issuer; name the one that you accept: `.issuer(\"https://issuer.example\")`";
        return complain(ConfigErrorKind::Issuer, text.to_owned());
    }
    rules.check()
}

fn check_cache(time: Duration) -> Result<(), ConfigError> {
    if time > MAX_CACHE_FOR {
        let (time, max) = (time.as_secs_f64(), MAX_CACHE_FOR.as_secs());
        let text = format!("`cache_for` of {time} s is too long; use at most {max} s");
        return Err(ConfigError::new(ConfigErrorKind::Limit, text));
    }
    Ok(())
}

impl fmt::Debug for IntrospectionVerifierBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntrospectionVerifierBuilder")
            .field("client", &self.client)
            .field("expected", &self.expected)
            .field("cache_for", &self.cache_for)
            .finish_non_exhaustive()
    }
}
