//! A service as somebody would write it: tokens, revocation, introspection, documents, and one guarded door.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use auth_axum::{Auth, AuthLayer, Principal, Realm, Router, get, post, public, requires_auth};
use auth_core::credential::BearerToken;
use auth_core::jwt::JwtAlgorithm;
use auth_core::{Attempt, ClientSource, Factor, Source, Verifier};
use auth_issuer::http::{
    Arrival, Client, ClientAuth, GrantKind, IntrospectionEndpoint, KeySetEndpoint, MemoryClients, RevocationEndpoint,
    ServerMetadata, TokenEndpoint,
};
use auth_issuer::keys::{KeyRing, SigningKey};
use auth_issuer::refresh::RefreshTokens;
use auth_issuer::sealing::{SealingKey, SealingKeys};
use auth_issuer::secret::SecretDigest;
use auth_issuer::sign_in::Granted;
use auth_issuer::tokens::{AccountTokens, LiveTokens, TokenIssuer};
use auth_issuer::totp::{FactorChange, Totp};
use auth_issuer::{
    Account, AccountStore as _, HashParams, HashPool, MemoryStore, PasswordHash, RecentSignIn, SignIn, Throttle,
};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use tokio::net::TcpListener;

pub(crate) const AUDIENCE: &str = "https://api.example";
pub(crate) const PASSWORD: &str = "correct horse battery";
/// Of the client `rust`, whose libraries form-encode it for Basic.
pub(crate) const ODD_SECRET: &str = "s%cr+t \u{e9}:&=/?";
/// Of the client `python`, whose library does not encode.
pub(crate) const PLAIN_SECRET: &str = "plain-client-secret";

pub(crate) type Tokens = TokenEndpoint<MemoryStore, MemoryStore, MemoryClients>;

/// What the handlers share.
struct Endpoints {
    token: Tokens,
    revocation: RevocationEndpoint<MemoryStore, MemoryStore, MemoryStore, MemoryClients>,
    introspection: IntrospectionEndpoint<MemoryStore, MemoryStore, MemoryStore, MemoryClients>,
    metadata: ServerMetadata,
    keys: KeySetEndpoint,
}

type Shared = State<Arc<Endpoints>>;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

#[requires_auth(bearer, scope = "read")]
async fn me(user: Auth<User>) -> String {
    user.id.clone()
}

#[public(reason = "clients authenticate to it themselves")]
async fn token(State(endpoints): Shared, request: Request) -> Response {
    endpoints.token.serve(request).await.map(Body::from)
}

#[public(reason = "clients authenticate to it themselves")]
async fn revoke(State(endpoints): Shared, request: Request) -> Response {
    endpoints.revocation.serve(request).await.map(Body::from)
}

#[public(reason = "clients authenticate to it themselves")]
async fn introspect(State(endpoints): Shared, request: Request) -> Response {
    endpoints.introspection.serve(request).await.map(Body::from)
}

#[public(reason = "a public document")]
async fn metadata(State(endpoints): Shared, request: Request) -> Response {
    endpoints.metadata.respond(&request.map(|_| Bytes::new())).map(Body::from)
}

#[public(reason = "a public document")]
async fn keys(State(endpoints): Shared, request: Request) -> Response {
    endpoints.keys.respond(&request.map(|_| Bytes::new())).map(Body::from)
}

/// A server that ends with its runtime.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// The secret of carol's authenticator, in base32.
    pub(crate) totp_secret: String,
}

impl Server {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Serves bob, who has a password, and carol, who has a second factor too.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket on the loopback");
        let address = listener.local_addr().expect("an address");
        let url = |path: &str| format!("http://{address}{path}");

        let (store, throttle) = (store(), Throttle::in_memory());
        let sealing = SealingKeys::new(SealingKey::new("test", &[7; 32]).expect("good"));
        let totp = Totp::new(store.clone(), sealing, "Acme", throttle.clone());
        let totp_secret = enrol(&store, &totp).await;
        let issuer = issuer(&url(""));
        let (refresh, tokens) = (RefreshTokens::new(store.clone(), store.clone()), || tokens(&issuer, &store));
        let (clients, arrival) = (ClientAuth::new(clients()), Arrival::new(ClientSource::peer()));
        let sign_in = SignIn::new(store.clone(), pool(), throttle).with_totp(totp);
        let endpoints = Endpoints {
            token: TokenEndpoint::builder(issuer.clone(), clients.clone(), arrival.clone())
                .refresh(refresh.clone())
                .with_legacy_password_grant(sign_in)
                .build()
                .expect("complete"),
            revocation: RevocationEndpoint::new(refresh.clone(), tokens(), clients.clone(), arrival.clone()),
            introspection: IntrospectionEndpoint::new(refresh, tokens(), clients, arrival),
            metadata: ServerMetadata::new(&url(""))
                .and_then(|m| m.token_endpoint(&url("/token"), &[GrantKind::Password, GrantKind::RefreshToken]))
                .and_then(|m| m.revocation_endpoint(&url("/revoke")))
                .and_then(|m| m.introspection_endpoint(&url("/introspect")))
                .and_then(|m| m.jwks_uri(&url("/keys")))
                .expect("good"),
            keys: KeySetEndpoint::new([issuer.keys().clone()]),
        };

        let bearer = Verifier::<BearerToken>::map(tokens(), |facts, _| User { id: facts.subject.to_string() });
        let realm = Realm::<User>::builder("clients").bearer(bearer).build().expect("complete");
        let app = Router::new()
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .route("/introspect", post(introspect))
            .route(&endpoints.metadata.path(), get(metadata))
            .route("/keys", get(keys))
            .route("/me", get(me))
            .with_state(Arc::new(endpoints))
            .layer(AuthLayer::new(realm));
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        drop(tokio::spawn(async move { axum::serve(listener, service).await }));
        Self { address, totp_secret }
    }
}

fn cheap() -> HashParams {
    HashParams::new_insecure(8, 1, 1).expect("possible")
}

fn pool() -> HashPool {
    HashPool::new(2, cheap())
}

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    for (id, login) in [("2", "bob@example.com"), ("3", "carol@example.com")] {
        let hash = PasswordHash::create(PASSWORD.as_bytes(), cheap()).expect("a hash");
        let account = Account::new(id, login).expect("good").with_password_hash(hash);
        store.accounts().insert(account.with_scopes(["read", "write"]).expect("good")).expect("new");
    }
    store
}

fn clients() -> MemoryClients {
    let client = |id: &str, secret: &str| {
        let client = Client::confidential(id, SecretDigest::of(secret.as_bytes())).expect("good");
        client.with_grant(GrantKind::Password).with_introspection()
    };
    let app = Client::public("app").expect("good").with_grant(GrantKind::Password);
    MemoryClients::new([client("rust", ODD_SECRET), client("python", PLAIN_SECRET), app]).expect("different")
}

fn issuer(url: &str) -> TokenIssuer {
    TokenIssuer::builder(KeyRing::new(SigningKey::generate(JwtAlgorithm::EdDsa).expect("a key")))
        .issuer(url)
        .audience(AUDIENCE)
        .purpose("access")
        .token_type("at+jwt")
        .build()
        .expect("complete")
}

fn tokens(issuer: &TokenIssuer, store: &MemoryStore) -> AccountTokens<MemoryStore, MemoryStore> {
    AccountTokens::new(LiveTokens::new(issuer.clone(), store.clone(), store.clone())).expect("complete")
}

/// Gives carol an authenticator, and confirms it with the code before the present one: codes are good once, and the
/// present one is for the client.
async fn enrol(store: &MemoryStore, totp: &Totp<MemoryStore>) -> String {
    loop {
        let account = store.find_account_by_id("3").await.expect("an answer").expect("carol");
        let now = SystemTime::now();
        let attempt = Attempt::new(now, Source::Unknown);
        let proof = RecentSignIn::just_now(&Granted::new(account.clone(), [Factor::new("pwd").at(now)], now));
        let enrolment = totp.begin(&account, &proof).await.expect("an answer").expect("allowed");
        let secret = enrolment.reveal_secret().to_owned();
        let seconds = now.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs() - 30;
        let bytes = totp_rs::Secret::try_from_base32(&secret).expect("base32");
        let code = totp_rs::Builder::new().with_secret(bytes).build().expect("good").generate(seconds);
        let confirmed = totp.confirm(&account, &proof, &code.to_string(), &attempt).await.expect("an answer");
        if matches!(confirmed, FactorChange::Done { .. }) {
            return secret;
        }
    }
}

/// The token endpoint alone, with the refresh grant for the client `app`.
pub(crate) fn refresh_only() -> Tokens {
    let store = MemoryStore::new();
    TokenEndpoint::builder(
        issuer("https://auth.example"),
        ClientAuth::new(clients()),
        Arrival::new(ClientSource::peer()),
    )
    .refresh(RefreshTokens::new(store.clone(), store))
    .build()
    .expect("complete")
}
