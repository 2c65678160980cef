//! All endpoints over one store, which can fail, and a clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use auth_core::jwt::JwtAlgorithm;
use auth_core::{Attempt, ClientSource, Clock, Source};
use auth_issuer::accounts::AccountStore;
use auth_issuer::audit::{Audit, AuditError, AuditEvent, AuditSink, OnSinkFailure};
use auth_issuer::http::{
    Arrival, Client, ClientAuth, ClientStore, GrantKind, IntrospectionEndpoint, MemoryClients, RevocationEndpoint,
    TokenEndpoint, TokenEndpointBuilder,
};
use auth_issuer::keys::{KeyRing, SigningKey};
use auth_issuer::refresh::{Chain, ChainEnd, ChainStore, RefreshTokens, Rotation};
use auth_issuer::secret::SecretDigest;
use auth_issuer::token_ids::TokenIdStore;
use auth_issuer::tokens::{AccountTokens, LiveTokens, TokenIssuer};
use auth_issuer::{Account, HashPool, LoginKey, MemoryStore, PasswordHash, SignIn, StoreError, Throttle};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use serde_json::Value;

use super::support::{PASSWORD, account, now, pool, store_with, totp};

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
/// The secrets of the clients `backend`, `other`, `reports`, `resource` and `odd:id`.
pub(crate) const SECRET: &str = "planted-client-secret";
pub(crate) const ODD_SECRET: &str = "p%+ \u{e9}:&=";

/// Fails while there is an outage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outage(Arc<AtomicBool>);

impl Outage {
    pub(crate) fn set(&self, is_on: bool) {
        self.0.store(is_on, Ordering::SeqCst);
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.0.load(Ordering::SeqCst) { Err(StoreError::new("the store is down")) } else { Ok(()) }
    }
}

/// Keeps no events, and records none while there is an outage.
impl AuditSink for Outage {
    async fn record(&self, _: &AuditEvent) -> Result<(), AuditError> {
        self.check().map_err(AuditError::new)
    }
}

/// A store that can fail.
#[derive(Clone)]
pub(crate) struct Fragile<S>(pub(crate) S, pub(crate) Outage);

impl AccountStore for Fragile<MemoryStore> {
    async fn find_account(&self, login: &LoginKey) -> Result<Option<Account>, StoreError> {
        self.1.check()?;
        self.0.find_account(login).await
    }

    async fn find_account_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.1.check()?;
        self.0.find_account_by_id(id).await
    }

    async fn replace_password_hash(
        &self,
        login: &LoginKey,
        old: &PasswordHash,
        new: PasswordHash,
    ) -> Result<bool, StoreError> {
        self.1.check()?;
        self.0.replace_password_hash(login, old, new).await
    }
}

impl ChainStore for Fragile<MemoryStore> {
    async fn insert_chain(&self, chain: Chain) -> Result<(), StoreError> {
        self.1.check()?;
        self.0.insert_chain(chain).await
    }

    async fn find_chain(&self, token: &SecretDigest) -> Result<Option<Chain>, StoreError> {
        self.1.check()?;
        self.0.find_chain(token).await
    }

    async fn rotate_chain(&self, rotation: Rotation) -> Result<bool, StoreError> {
        self.1.check()?;
        self.0.rotate_chain(rotation).await
    }

    async fn end_chain(&self, chain: &str, end: ChainEnd, now: SystemTime) -> Result<bool, StoreError> {
        self.1.check()?;
        self.0.end_chain(chain, end, now).await
    }

    async fn replace_chains(&self, chain: &Chain, now: SystemTime) -> Result<u64, StoreError> {
        self.1.check()?;
        self.0.replace_chains(chain, now).await
    }

    async fn list_chains(&self, account: &str, now: SystemTime) -> Result<Vec<Chain>, StoreError> {
        self.1.check()?;
        self.0.list_chains(account, now).await
    }
}

impl TokenIdStore for Fragile<MemoryStore> {
    async fn spend_token_id(&self, kind: &'static str, id: &str, expires_at: SystemTime) -> Result<bool, StoreError> {
        self.1.check()?;
        self.0.spend_token_id(kind, id, expires_at).await
    }

    async fn is_token_id_spent(&self, kind: &'static str, id: &str) -> Result<bool, StoreError> {
        self.1.check()?;
        self.0.is_token_id_spent(kind, id).await
    }
}

impl ClientStore for Fragile<MemoryClients> {
    async fn find_client(&self, id: &str) -> Result<Option<Client>, StoreError> {
        self.1.check()?;
        assert!((1..=200).contains(&id.len()) && id.is_ascii(), "a store is not asked for what no client is called");
        self.0.find_client(id).await
    }
}

/// Stands still until it is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    /// So many seconds after the beginning of the test.
    pub(crate) fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        now() + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

type Store = Fragile<MemoryStore>;
type Clients = Fragile<MemoryClients>;
pub(crate) type Builder = TokenEndpointBuilder<Store, Store, Clients>;

/// The endpoints and what they are made of.
pub(crate) struct Bench {
    pub(crate) store: MemoryStore,
    pub(crate) clock: TestClock,
    pub(crate) pool: HashPool,
    pub(crate) throttle: Throttle,
    pub(crate) issuer: TokenIssuer,
    /// Of accounts and tokens.
    pub(crate) outage: Outage,
    /// Of clients.
    pub(crate) client_outage: Outage,
    /// Of what records that an access token is issued.
    pub(crate) audit_outage: Outage,
    pub(crate) token: TokenEndpoint<Store, Store, Clients>,
    pub(crate) revocation: RevocationEndpoint<Store, Store, Store, Clients>,
    pub(crate) introspection: IntrospectionEndpoint<Store, Store, Store, Clients>,
}

/// The endpoints, by name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    Token,
    Revocation,
    Introspection,
}

impl At {
    pub(crate) const ALL: [Self; 3] = [Self::Token, Self::Revocation, Self::Introspection];
}

/// An answer, taken apart.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("{name} in {self:?}")).to_owned()
    }

    /// Status and error code.
    pub(crate) fn error(&self) -> (u16, String) {
        (self.status, self.text("error"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a text"))
    }
}

fn clients() -> MemoryClients {
    let secret = || SecretDigest::of(SECRET.as_bytes());
    let confidential = |id: &str| Client::confidential(id, secret()).expect("good");
    MemoryClients::new([
        confidential("backend").with_grant(GrantKind::Password).with_introspection(),
        confidential("other").with_grant(GrantKind::Password),
        confidential("reports").without_grant(GrantKind::RefreshToken),
        confidential("resource").without_grant(GrantKind::RefreshToken).with_introspection(),
        Client::confidential("odd:id", SecretDigest::of(ODD_SECRET.as_bytes())).expect("good"),
        Client::public("app")
            .expect("good")
            .with_grant(GrantKind::Password)
            .with_scopes(["read"])
            .expect("good")
            .with_introspection(),
        Client::public("plain").expect("good"),
        Client::public("brief").expect("good").with_grant(GrantKind::Password).without_grant(GrantKind::RefreshToken),
    ])
    .expect("different")
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// With another token endpoint.
    pub(crate) fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let store = store_with([
            account("1", ALICE).with_scopes(["read", "write"]).expect("good").with_roles(["user"]),
            account("2", "bob@example.com"),
        ]);
        let (clock, outage, client_outage) = (TestClock::default(), Outage::default(), Outage::default());
        let (pool, throttle, audit_outage) = (pool(), Throttle::in_memory(), Outage::default());
        let fragile = Fragile(store.clone(), outage.clone());
        let clients = || ClientAuth::new(Fragile(clients(), client_outage.clone()));
        let arrival = || Arrival::new(ClientSource::peer()).with_clock(Arc::new(clock.clone()));
        let issuer = TokenIssuer::builder(KeyRing::new(SigningKey::generate(JwtAlgorithm::EdDsa).expect("a key")))
            .issuer("https://auth.example")
            .audience("https://api.example")
            .purpose("access")
            .audit(Audit::new(audit_outage.clone()).on_failure(OnSinkFailure::Fail))
            .build()
            .expect("complete");
        let refresh = RefreshTokens::new(fragile.clone(), fragile.clone());
        let sign_in = SignIn::new(fragile.clone(), pool.clone(), throttle.clone()).with_totp(totp(&store, &throttle));
        let live = LiveTokens::new(issuer.clone(), fragile.clone(), fragile.clone());
        let access = || AccountTokens::new(live.clone()).expect("complete");
        let builder = TokenEndpoint::builder(issuer.clone(), clients(), arrival())
            .refresh(refresh.clone())
            .with_legacy_password_grant(sign_in);
        Self {
            token: change(builder).build().expect("complete"),
            revocation: RevocationEndpoint::new(refresh.clone(), access(), clients(), arrival()),
            introspection: IntrospectionEndpoint::new(refresh, access(), clients(), arrival()),
            store,
            clock,
            pool,
            throttle,
            issuer,
            outage,
            client_outage,
            audit_outage,
        }
    }

    /// Asks, and sees to what holds for every answer.
    pub(crate) async fn ask(&self, at: At, request: Request<Bytes>) -> Answer {
        let response = match at {
            At::Token => self.token.respond(request).await,
            At::Revocation => self.revocation.respond(request).await,
            At::Introspection => self.introspection.respond(request).await,
        };
        taken_apart(response)
    }

    pub(crate) async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        self.ask(At::Token, post(fields)).await
    }

    /// Signs alice in by the client `backend`.
    pub(crate) async fn signed_in(&self) -> Answer {
        self.signed_in_by("backend").await
    }

    pub(crate) async fn signed_in_by(&self, client: &str) -> Answer {
        let answer = self.ask(At::Token, as_client(post(&password_grant(ALICE, PASSWORD)), client)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    /// Exchanges a refresh token by that client.
    pub(crate) async fn refresh(&self, client: &str, token: &str, scope: Option<&str>) -> Answer {
        let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        fields.extend(scope.map(|scope| ("scope", scope)));
        self.ask(At::Token, as_client(post(&fields), client)).await
    }

    pub(crate) fn attempt(&self) -> Attempt {
        Attempt::new(self.clock.now(), Source::Unknown)
    }
}

/// No cache may keep any answer, whatever it is (RFC 6749 §5.1), and a challenge comes with every 401 (RFC 9110 §15.5.2).
pub(crate) fn taken_apart(response: Response<Bytes>) -> Answer {
    let (parts, body) = response.into_parts();
    let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body };
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    assert_eq!(answer.header("pragma"), Some("no-cache"), "{answer:?}");
    assert_eq!(answer.headers.contains_key("www-authenticate"), answer.status == 401, "{answer:?}");
    assert_eq!(answer.headers.contains_key("retry-after"), matches!(answer.status, 429 | 503), "{answer:?}");
    assert_eq!(answer.headers.contains_key("allow"), parts.status == StatusCode::METHOD_NOT_ALLOWED, "{answer:?}");
    answer
}

pub(crate) fn password_grant<'a>(username: &'a str, password: &'a str) -> [(&'static str, &'a str); 3] {
    [("grant_type", "password"), ("username", username), ("password", password)]
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn post(fields: &[(&str, &str)]) -> Request<Bytes> {
    raw(encoded(fields))
}

/// A form as it is.
pub(crate) fn raw(body: impl Into<Bytes>) -> Request<Bytes> {
    Request::post("/").header("content-type", FORM).body(body.into()).expect("a request")
}

/// The request with the secret of a confidential client.
pub(crate) fn as_client(request: Request<Bytes>, client: &str) -> Request<Bytes> {
    with_basic(request, client, SECRET)
}

/// The request with an id and a secret, each form-encoded first.
pub(crate) fn with_basic(request: Request<Bytes>, id: &str, secret: &str) -> Request<Bytes> {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    with_authorization(
        request,
        &format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", encode(id), encode(secret)))),
    )
}

pub(crate) fn with_authorization(mut request: Request<Bytes>, value: &str) -> Request<Bytes> {
    request.headers_mut().append("authorization", value.parse().expect("a value"));
    request
}

/// What a token says.
pub(crate) fn payload(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}
