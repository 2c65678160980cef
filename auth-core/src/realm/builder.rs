//! The builder of realms: every mistake is found here, when the program starts.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::bound::Bound;
use super::checks::{check_cache, check_metadata_address, check_options, check_schemes};
use super::{AnyRealm, Inner, Options, Plans, Realm, SchemeEntry};
use crate::cache::{Caching, VerifiedCache};
use crate::catalogue::PrincipalType;
use crate::challenge::{Challenge, ChallengeForm, RealmName};
use crate::clock::{Clock, SystemClock};
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::credential::{ApiKey, BasicCredentials, BearerToken};
use crate::decision::Said;
use crate::extract::Named;
use crate::meter::Meter;
use crate::policy::EndpointPolicy;
use crate::principal::IntoPrincipal;
use crate::refusal::{ProblemJson, Renderer};
use crate::scheme::{ApiKeyIn, Basic, Bearer, Scheme, SchemeId};
use crate::source::ClientSource;
use crate::verifier::Verifier;

/// Puts a [`Realm`] together.
#[must_use]
pub struct RealmBuilder<P> {
    name: String,
    schemes: Vec<Draft>,
    renderer: Box<dyn Renderer>,
    clock: Arc<dyn Clock>,
    source: Option<ClientSource>,
    requires_https: bool,
    resource_metadata: Option<String>,
    options: Options,
    default_policy: Option<&'static crate::catalogue::Endpoint>,
    cache_capacity: usize,
    principal: PhantomData<fn() -> P>,
}

/// A scheme before the realm's name is known to be good.
pub(super) struct Draft {
    pub(super) id: SchemeId,
    is_guessable: bool,
    pub(super) form: ChallengeForm,
    pub(super) carrier: crate::scheme::Carrier,
    verifier: Box<dyn super::SchemeVerifier>,
    caching: Option<Caching>,
}

impl<P: Send + Sync + 'static> RealmBuilder<P> {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            schemes: Vec::new(),
            renderer: Box::new(ProblemJson),
            clock: Arc::new(SystemClock),
            source: None,
            requires_https: false,
            resource_metadata: None,
            options: Options {
                forbidden_status: 403,
                roles_in_scope_challenge: false,
                acr_values: Vec::new(),
                trusted_origins: Vec::new(),
                authorization_alone: false,
                skips_bad_cookies: false,
            },
            default_policy: None,
            cache_capacity: DEFAULT_CACHE_CAPACITY,
            principal: PhantomData,
        }
    }

    /// Accepts `Authorization: Bearer` tokens: `bearer` in an attribute.
    pub fn bearer<V>(self, verifier: V) -> Self
    where
        V: Verifier<BearerToken>,
        V::Value: IntoPrincipal<P>,
    {
        self.scheme(Bearer, verifier)
    }

    /// Accepts `Authorization: Basic` user names and passwords: `basic` in an attribute.
    ///
    /// Passwords can be guessed, so the realm needs a [`source`](Self::source) as well.
    pub fn basic<V>(self, verifier: V) -> Self
    where
        V: Verifier<BasicCredentials>,
        V::Value: IntoPrincipal<P>,
    {
        self.scheme(Basic, verifier)
    }

    /// Accepts API keys in the given place: `api_key` in an attribute.
    pub fn api_key<V>(self, place: ApiKeyIn, verifier: V) -> Self
    where
        V: Verifier<ApiKey>,
        V::Value: IntoPrincipal<P>,
    {
        self.scheme(place, verifier)
    }

    /// Accepts the credentials of an own scheme: its type path in an attribute.
    #[expect(clippy::needless_pass_by_value, reason = "reads as `.scheme(OwnScheme, verifier)`")]
    pub fn scheme<S, V>(mut self, scheme: S, verifier: V) -> Self
    where
        S: Scheme,
        V: Verifier<S::Credential>,
        V::Value: IntoPrincipal<P>,
    {
        self.schemes.push(Draft {
            id: SchemeId::of::<S>(),
            is_guessable: S::GUESSABLE,
            form: S::CHALLENGE,
            carrier: scheme.carrier(),
            caching: verifier.caching(),
            verifier: Box::new(Bound::<S::Credential, V, P>::new(verifier)),
        });
        self
    }

    /// Says where the source of a request is found; needed where a scheme can be guessed.
    pub fn source(mut self, source: ClientSource) -> Self {
        self.source = Some(source);
        self
    }

    /// Refuses requests over plain http with 403, whether or not they bring credentials; only guests of an `optional`
    /// policy pass. No challenge goes with it, whatever the [`forbidden_status`](Self::forbidden_status), and a policy
    /// that hides answers 404. Without it, a realm with [`basic`](Self::basic) says so in the log when it is built
    /// (RFC 7617 §4).
    ///
    /// Behind a proxy, `X-Forwarded-Proto: https` counts from the trusted networks of
    /// [`ClientSource::forwarded`](ClientSource::forwarded), and from nobody else. Without one, the server has to say
    /// that a connection is encrypted ([`RequestHead::is_secure`](crate::RequestHead::is_secure)): where the adapter
    /// cannot know, every request is refused.
    ///
    /// # Security
    ///
    /// What came over plain http has been seen already, so this finds mistakes and keeps clients from going on with
    /// them. It does not replace a server that has no plain port, or one that redirects and sends HSTS.
    pub fn require_https(mut self) -> Self {
        self.requires_https = true;
        self
    }

    /// Writes the bodies of refusals in another form than `application/problem+json`; several realms may share an `Arc`
    /// of one renderer.
    pub fn renderer(mut self, renderer: impl Renderer) -> Self {
        self.renderer = Box::new(renderer);
        self
    }

    /// Takes the time from another clock than the system's; an `Arc` of one shares it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use auth_core::{Clock, Realm, SystemClock};
    ///
    /// let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    /// let staff = Realm::<String>::builder("staff").clock(Arc::clone(&clock));
    /// let customers = Realm::<String>::builder("customers").clock(SystemClock::default());
    /// ```
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Answers "forbidden" with another status than 403; some documented systems use 401. A 401 carries the
    /// policy's challenges.
    ///
    /// # Security
    ///
    /// What came over plain http ([`require_https`](Self::require_https)), and a cookie or a kept password that came from a
    /// page of another site ([`trusted_origin`](Self::trusted_origin)), are refused with 403 and without a challenge all the
    /// same: a browser that is asked there would send a password in the clear, or for somebody else's page.
    pub fn forbidden_status(mut self, status: u16) -> Self {
        self.options.forbidden_status = status;
        self
    }

    /// Names missing roles like missing scopes in the challenge, as some documented systems do.
    pub fn roles_in_scope_challenge(mut self) -> Self {
        self.options.roles_in_scope_challenge = true;
        self
    }

    /// The authentication context class that a factor belongs to, for step-up challenges (RFC 9470 §3).
    pub fn acr(mut self, factor: &str, value: &str) -> Self {
        self.options.acr_values.push((factor.to_owned(), value.to_owned()));
        self
    }

    /// The address of the metadata of this resource, which `Bearer` challenges name as `resource_metadata`, so that
    /// clients find the authorization server by themselves (RFC 9728 §5.1). Publishing them is the service's business;
    /// `ResourceMetadata` of `auth-issuer` does it.
    pub fn resource_metadata(mut self, address: &str) -> Self {
        self.resource_metadata = Some(address.to_owned());
        self
    }

    /// An origin, like `https://app.example.com`, whose pages may send cookies on unsafe methods and upgrades, and names with
    /// passwords (`Basic`).
    ///
    /// Browsers keep a password that was typed into their window, and add it to requests of other pages too. So a request
    /// with `Basic` and a `Sec-Fetch-Site` of another site or a sibling host is refused with 403 where a cookie would be
    /// (404 where the policy hides, and never with a challenge), also if the page itself wrote the `Authorization`. Clients
    /// that are not browsers send no such field, and browsers send none over plain `http`.
    pub fn trusted_origin(mut self, origin: &str) -> Self {
        self.options.trusted_origins.push(origin.to_owned());
        self
    }

    /// Takes every `Authorization` for an explicit credential: where a policy accepts a credential of another field, such
    /// as an API key, an `Authorization` beside it is refused with 400, of whatever scheme it is.
    ///
    /// Without it, an `Authorization` of a scheme that the policy does not accept is passed over there.
    pub fn authorization_stands_alone(mut self) -> Self {
        self.options.authorization_alone = true;
        self
    }

    /// Where guests may pass (`optional`), takes a cookie that is stale or malformed, or that another site may have sent
    /// along, for none. Elsewhere nothing changes: a bad explicit credential is refused everywhere, and so are two cookies
    /// of one name, or one with another prefix than its scheme's. The event of the guest says what was passed over.
    ///
    /// For pages that a browser has to see although it still has the cookie of a session that has ended.
    pub fn bad_cookies_are_guests(mut self) -> Self {
        self.options.skips_bad_cookies = true;
        self
    }

    /// How many credentials of each scheme are [cached](crate::cache): 32,768 unless told otherwise, rounded up to a
    /// power of two, at most 16,777,216. An entry takes about a kilobyte and the length of a signed token. Eight share a
    /// place, which a hash chooses: where all eight are taken, the one that expires first is forgotten.
    pub fn cache_capacity(mut self, capacity: usize) -> Self {
        self.cache_capacity = capacity;
        self
    }

    /// Verifies every credential at each request, whatever its verifier allows.
    ///
    /// What a verifier keeps for itself is its own business: `IntrospectionVerifier` of `auth-jwks` believes its
    /// provider's answers for up to 60 seconds, unless it is built by `IntrospectionVerifierBuilder::without_cache`.
    pub fn without_cache(self) -> Self {
        self.cache_capacity(0)
    }

    /// The policy of handlers that ask for a principal without an attribute. Without it they answer 500.
    pub fn default_policy<E: EndpointPolicy>(mut self) -> Self {
        self.default_policy = Some(E::ENDPOINT);
        self
    }

    /// Checks everything and makes the realm.
    ///
    /// # Errors
    ///
    /// If the name cannot stand in a header; if there is no scheme, two claim the same values, or one has a name
    /// that no header, parameter or cookie can have; if a guessable scheme has no [`source`](Self::source); if an
    /// option has a value that cannot be sent; if the [cache](Self::cache_capacity) is too large.
    pub fn build(self) -> Result<Realm<P>, ConfigError> {
        let name = RealmName::new(&self.name)?;
        check_schemes(&self.name, &self.schemes)?;
        if let (Some(guessable), None) = (self.schemes.iter().find(|draft| draft.is_guessable), &self.source) {
            return Err(ConfigError::new(
                ConfigErrorKind::SourceNotChosen,
                format!(
                    "realm {:?} accepts `{}`, which can be guessed; say where a caller's address comes from: `.source(ClientSource::peer())`, or `.source(ClientSource::forwarded([\"10.0.0.0/8\"])?)` behind a proxy",
                    self.name, guessable.id
                ),
            ));
        }
        check_options(&self.options)?;
        check_cache(self.cache_capacity)?;
        if let Some(address) = &self.resource_metadata {
            check_metadata_address(&self.name, address, &self.schemes)?;
        }
        if !self.requires_https && self.schemes.iter().any(|draft| draft.form == ChallengeForm::Basic) {
            tracing::warn!(
                auth.realm = name.as_str(),
                "passwords may come over plain http; use `.require_https()` outside of tests"
            );
        }
        for draft in &self.schemes {
            // Without `with_insecure_cookie_name` the check of the schemes has refused it.
            if let ("cookie", cookie) = draft.carrier.place()
                && !cookie.starts_with("__Host-")
            {
                tracing::warn!(
                    auth.realm = name.as_str(),
                    auth.scheme = %draft.id,
                    cookie,
                    "a cookie may be set by a sibling host, or by a page without TLS; let its name begin with `__Host-`"
                );
            }
        }
        let mut schemes = Vec::with_capacity(self.schemes.len());
        for draft in self.schemes {
            schemes.push(SchemeEntry {
                id: draft.id,
                challenge: new_challenge(&draft, &name, self.resource_metadata.as_deref()),
                is_sent_by_browsers: draft.carrier.is_ambient() || draft.carrier.is_kept_by_browsers(),
                said: Said::of(&draft.carrier),
                carrier: draft.carrier,
                verifier: draft.verifier,
                cache: new_cache(draft.caching, self.cache_capacity)?,
            });
        }
        let any = AnyRealm(Arc::new(Inner {
            meter: Meter::of_realm(name.as_str()),
            plans: Plans::new(),
            named: Named::among(&schemes),
            name,
            schemes,
            principal: PrincipalType::of::<P>(),
            renderer: self.renderer,
            clock: self.clock,
            source: self.source.unwrap_or_else(ClientSource::peer),
            requires_https: self.requires_https,
            options: self.options,
            default_policy: self.default_policy,
        }));
        if let Some(complaint) = self.default_policy.and_then(|endpoint| any.complaint_about(endpoint)) {
            return Err(ConfigError::new(ConfigErrorKind::Catalogue, format!("the default policy {complaint}")));
        }
        Ok(Realm { any, principal: PhantomData })
    }
}

/// How many credentials of each scheme are cached.
const DEFAULT_CACHE_CAPACITY: usize = 32_768;

fn new_challenge(draft: &Draft, realm: &RealmName, metadata: Option<&str>) -> Option<Challenge> {
    let challenge = Challenge::new(draft.form, realm, &draft.carrier)?;
    Some(match metadata {
        Some(address) => challenge.with_metadata_at(address),
        None => challenge,
    })
}

fn new_cache(caching: Option<Caching>, capacity: usize) -> Result<Option<Arc<VerifiedCache>>, ConfigError> {
    let Some(caching) = caching.filter(|_| capacity > 0) else { return Ok(None) };
    let cache = VerifiedCache::new(caching, capacity).map_err(|error| {
        ConfigError::new(
            ConfigErrorKind::Randomness,
            format!("the cache gets no random key: {error}; use `.without_cache()`"),
        )
        .with_source(error)
    })?;
    Ok(Some(Arc::new(cache)))
}

impl<P> fmt::Debug for RealmBuilder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes: Vec<_> = self.schemes.iter().map(|draft| draft.id).collect();
        f.debug_struct("RealmBuilder").field("name", &self.name).field("schemes", &schemes).finish_non_exhaustive()
    }
}
