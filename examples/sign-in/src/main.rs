//! Sign-in, refresh and sign-out, for accounts in SQLite: the program of `docs/sign-in.md`.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use auth_axum::credential::BearerToken;
use auth_axum::jwt::JwtAlgorithm;
use auth_axum::{
    Attempt, Auth, AuthLayer, ClientSource, Realm, Router, Verifier, catalogue, get, not_found, post, public,
    requires_auth,
};
use auth_issuer::accounts::{AccountAdmin as _, Inserted};
use auth_issuer::http::{Arrival, reply};
use auth_issuer::keys::{KeyRing, SigningKey};
use auth_issuer::refresh::{IssuedRefresh, RefreshOutcome, RefreshTokens};
use auth_issuer::stores::AnyStore;
use auth_issuer::sweep::Sweeper;
use auth_issuer::tokens::{AccountTokens, IssuedToken, LiveTokens, TokenClaims, TokenIssuer};
use auth_issuer::{
    Account, HashPool, PasswordHash, PasswordVerifier, SignIn, SignInOutcome, SignInRequest, Throttle, Unavailable,
};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::{StatusCode, request::Parts};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

/// Refresh tokens are bound to the client that they were given to. This service has one.
const CLIENT: &str = "web";

#[derive(Clone, auth_axum::Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

/// The parts. Each is a handle, so clones are cheap and share.
#[derive(Clone)]
struct Service {
    arrival: Arrival,
    sign_in: SignIn<AnyStore>,
    access: TokenIssuer,
    live: LiveTokens<AnyStore, AnyStore>,
    refresh: RefreshTokens<AnyStore, AnyStore>,
}

/// When and from where a request arrives: what limits on guessing and the audit log ask for.
struct Arrived(Attempt);

impl FromRequestParts<Service> for Arrived {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Infallible> {
        Ok(Self(service.arrival.of_parts(parts)))
    }
}

#[derive(Deserialize)]
struct Login {
    name: String,
    password: String,
}

#[derive(Serialize)]
struct Tokens {
    access_token: String,
    refresh_token: String,
}

#[derive(Deserialize)]
struct Refresh {
    refresh_token: String,
}

#[public(reason = "this is where callers prove who they are")]
async fn login(
    State(service): State<Service>,
    Arrived(attempt): Arrived,
    Json(login): Json<Login>,
) -> Result<Response, Problem> {
    match service.sign_in.sign_in(&SignInRequest::new(login.name, login.password), &attempt).await? {
        SignInOutcome::Granted(granted) => {
            let access = service.access.issue_for(&TokenClaims::of(&granted), &attempt).await?;
            let refresh = service.refresh.begin(&granted, CLIENT, granted.account.scopes(), &attempt).await?;
            Ok(tokens(&access, &refresh))
        }
        SignInOutcome::Throttled { retry_after } => Err(Problem::Throttled(retry_after)),
        // Unknown names, wrong passwords, closed accounts. A service with second factors has an arm for them, and shows it.
        _ => Err(Problem::Refused),
    }
}

/// Exchanges a refresh token. It is spent last: whoever gets no answer before that may try again. One that comes again
/// after that ends its whole chain.
#[public(reason = "the refresh token is the credential")]
async fn refresh(
    State(service): State<Service>,
    Arrived(attempt): Arrived,
    Json(body): Json<Refresh>,
) -> Result<Response, Problem> {
    let Ok(prepared) = service.refresh.prepare(&body.refresh_token, CLIENT, None, &attempt).await? else {
        return Err(Problem::Refused);
    };
    let access = service.access.issue_for(&TokenClaims::of(&prepared.granted()), &attempt).await?;
    match service.refresh.complete(prepared, &attempt).await? {
        RefreshOutcome::Renewed(renewed) => Ok(tokens(&access, &renewed.refresh)),
        _ => Err(Problem::Refused),
    }
}

/// Ends the access token that is shown, and the chain of the refresh token.
#[requires_auth(bearer)]
async fn logout(
    user: Auth<User>,
    State(service): State<Service>,
    Arrived(attempt): Arrived,
    Json(body): Json<Refresh>,
) -> Result<StatusCode, Problem> {
    service.refresh.revoke(&body.refresh_token, CLIENT, &attempt).await?;
    service.live.revoke(Auth::facts(&user), &attempt).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[requires_auth(bearer, basic, scope = "notes:read")]
async fn notes(user: Auth<User>) -> String {
    format!("the notes of {}", user.id)
}

/// What carries a token is kept by no cache.
fn tokens(access: &IssuedToken, refresh: &IssuedRefresh) -> Response {
    let access_token = access.reveal().to_owned();
    let tokens = Tokens { access_token, refresh_token: refresh.token.reveal().to_owned() };
    reply::uncached(Json(tokens).into_response())
}

enum Problem {
    Refused,
    Throttled(Duration),
    Unavailable,
}

/// A store or the hash pool does not answer: neither yes nor no.
impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        error.report(); // the log says which and why, the caller learns nothing of it
        Self::Unavailable
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            // Not 401: no header field of this request could have been better.
            Self::Refused => StatusCode::FORBIDDEN.into_response(),
            Self::Throttled(wait) => reply::retry_after(StatusCode::TOO_MANY_REQUESTS.into_response(), wait),
            Self::Unavailable => {
                reply::retry_after(StatusCode::SERVICE_UNAVAILABLE.into_response(), Unavailable::RETRY_AFTER)
            }
        }
    }
}

async fn app(store: AnyStore, key: SigningKey) -> Result<axum::Router, Box<dyn Error>> {
    let (pool, throttle) = (HashPool::default(), Throttle::in_memory());
    if store.count_accounts().await? == 0 {
        let hash = PasswordHash::create(b"correct horse battery staple", pool.params())?;
        let alice = Account::new("7f3a", "alice")?.with_password_hash(hash).with_scopes(["notes:read"])?;
        assert_eq!(store.insert_account(alice).await?, Inserted::Stored);
    }

    let access = TokenIssuer::builder(KeyRing::new(key))
        .issuer("https://notes.example")
        .audience("https://notes.example")
        .purpose("access")
        .build()?;
    let live = LiveTokens::new(access.clone(), store.clone(), store.clone());
    let bearer = Verifier::<BearerToken>::map(AccountTokens::new(live.clone())?, |facts, _| User {
        id: facts.subject.to_string(),
    });
    let basic = PasswordVerifier::new(store.clone(), pool.clone()).with_throttle(throttle.clone());
    let source = ClientSource::peer(); // behind a proxy: `ClientSource::forwarded(["10.0.0.0/8"])?`, with its networks
    let realm = Realm::<User>::builder("notes").bearer(bearer).basic(basic).source(source.clone()).build()?;

    let service = Service {
        arrival: Arrival::new(source),
        // `login` shows nothing but yes and no, so a right password that is not enough has to count like a wrong one.
        sign_in: SignIn::new(store.clone(), pool, throttle).show_only([]),
        access,
        live,
        refresh: RefreshTokens::new(store.clone(), store),
    };
    let app = Router::new()
        .route("/login", post(login))
        .route("/refresh", post(refresh))
        .route("/logout", post(logout))
        .route("/notes", get(notes))
        .fallback(not_found(&realm))
        .layer(AuthLayer::new(realm.clone()))
        .with_state(service);
    catalogue().check(&[&realm])?;
    Ok(app.into_axum())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt::init();
    // Made once: with a new key at each start everybody would be signed out.
    let key = SigningKey::from_pem(JwtAlgorithm::EdDsa, &std::fs::read("key.pem")?)?;
    let store = AnyStore::open("sqlite:auth.db").await?;
    let _sweeper = Sweeper::start(store.clone(), Duration::from_mins(10)); // removes what has expired
    let app = app(store, key).await?;
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    // With the callers' addresses, so that one who guesses slows down nobody else.
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
