//! The services.

use std::sync::Arc;
use std::time::SystemTime;

use auth_axum::api_keys::{ApiKeyRecord, ApiKeyVerifier};
use auth_axum::credential::{ApiKey, ApiKeyPrefix, BearerRef, BearerToken};
use auth_axum::jwt::JwtVerifier;
use auth_axum::{ApiKeyIn, Auth, AuthLayer, ClientSource, Facts, Principal, Realm, public, requires_auth};
use auth_core::cache::{Caching, Revocations};
use auth_core::{Attempt, Claims, Clock, Reason, Verified, Verifier, VerifyError};
use auth_issuer::accounts::MemoryAccounts;
use auth_issuer::{Account, HashPool, MemoryApiKeys, PasswordHash, PasswordVerifier};
use axum::Router;
use axum::routing::get;
use tower::layer::layer_fn;

use crate::Failure;
use crate::case::Case;
use crate::idle;
use crate::tokens::{AUDIENCE, ISSUER, Token};

/// Room for the live tokens of [`Case::CachedBearerOfMany`], with some to spare: they spread by chance.
const ROOM: usize = 2 * Case::LIVE_TOKENS;
pub(crate) const ANSWER: &str = "hello";
const PASSWORD: &str = "correct horse battery staple";
/// `alice` and the password, as Basic presents them.
const BASIC: &str = "Basic YWxpY2U6Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==";

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

async fn bare() -> &'static str {
    ANSWER
}

#[public(reason = "what it costs")]
async fn everybody() -> &'static str {
    ANSWER
}

#[requires_auth(bearer)]
async fn bearer(user: Auth<User>) -> &'static str {
    answer(&user)
}

#[requires_auth(api_key)]
async fn api_key(user: Auth<User>) -> &'static str {
    answer(&user)
}

#[requires_auth(basic)]
async fn basic(user: Auth<User>) -> &'static str {
    answer(&user)
}

#[requires_auth(bearer, basic, api_key, scope = "items:read")]
async fn any_of_three(user: Auth<User>) -> &'static str {
    answer(&user)
}

fn answer(user: &User) -> &'static str {
    std::hint::black_box(&user.id);
    ANSWER
}

/// A field of a request.
pub(crate) type Credential = (&'static str, String);

/// The service of a case, or a bare one, as a server calls it, and what requests present to it, each in turn.
pub(crate) fn of(case: Case, token: &Token, is_bare: bool) -> Result<(Router, Vec<Credential>), Failure> {
    let (mut app, credentials) = match case {
        Case::Idle => (idle::once(), Vec::new()),
        Case::IdleTwice => (idle::twice(), Vec::new()),
        _ => put_together(case, token)?,
    };
    if is_bare {
        app = Router::new().route("/", get(bare)).layer(layer_fn(|service| service));
    }
    // As `into_make_service` does it: else axum puts the layers around the handler anew for each request.
    Ok((app.with_state(()), credentials))
}

fn put_together(case: Case, token: &Token) -> Result<(Router, Vec<Credential>), Failure> {
    let realm = Realm::<User>::builder("bench");
    let bearing = |text: &str| vec![("authorization", format!("Bearer {text}"))];
    let place = || ApiKeyIn::header("x-api-key");
    let (realm, route, credentials) = match case {
        Case::Idle | Case::IdleTwice => return Err("there is no realm in this case".into()),
        Case::Public => (realm.bearer(tokens(token)?), auth_axum::get(everybody), Vec::new()),
        Case::CachedBearer(_) => (realm.bearer(tokens(token)?), auth_axum::get(bearer), bearing(token.text())),
        Case::CachedBearerOfThree => {
            let (keys, _) = keys()?;
            let realm = realm.bearer(tokens(token)?).basic(passwords()?).api_key(place(), keys);
            (realm, auth_axum::get(any_of_three), bearing(token.text()))
        }
        Case::CachedBearerOfMany => {
            let tokens = (0..Case::LIVE_TOKENS).flat_map(|at| bearing(&token.numbered(at))).collect();
            let realm = realm.bearer(Believed).cache_capacity(ROOM).clock(Stopped(SystemTime::now()));
            (realm, auth_axum::get(bearer), tokens)
        }
        Case::CachedApiKey => {
            let (keys, key) = keys()?;
            (realm.api_key(place(), keys), auth_axum::get(api_key), vec![("x-api-key", key)])
        }
        Case::CachedBasic => {
            (realm.basic(passwords()?), auth_axum::get(basic), vec![("authorization", BASIC.to_owned())])
        }
        Case::FirstBearer(_) => {
            (realm.bearer(tokens(token)?).without_cache(), auth_axum::get(bearer), bearing(token.text()))
        }
        Case::RefusedWithout => (realm.bearer(tokens(token)?), auth_axum::get(bearer), Vec::new()),
        Case::RefusedForged(_) => (realm.bearer(tokens(token)?), auth_axum::get(bearer), bearing(&token.forged())),
    };
    let realm = realm.source(ClientSource::peer()).build()?;
    let app = auth_axum::Router::new().route("/", route).layer(AuthLayer::new(realm));
    Ok((app.into_axum(), credentials))
}

fn tokens(token: &Token) -> Result<JwtVerifier, Failure> {
    Ok(JwtVerifier::builder().issuer(ISSUER).audience(AUDIENCE).key(token.verifying_key()?).build()?)
}

fn keys() -> Result<(ApiKeyVerifier<Arc<MemoryApiKeys>>, String), Failure> {
    let (prefix, stored) = (ApiKeyPrefix::new("bench")?, Arc::new(MemoryApiKeys::new()));
    let key = ApiKey::generate(&prefix)?;
    stored.insert(ApiKeyRecord::new(key.as_ref(), Facts::new("5d1c2f0a"))).map_err(|_| "an id came twice")?;
    Ok((ApiKeyVerifier::new(prefix, stored), key.reveal().to_owned()))
}

/// So many tokens take longer than verdicts last where the machine is busy: here the time stands still.
#[derive(Debug)]
struct Stopped(SystemTime);

impl Clock for Stopped {
    fn now(&self) -> SystemTime {
        self.0
    }
}

/// Believes any token at once: what is counted comes after that.
struct Believed;

impl Verifier<BearerToken> for Believed {
    type Value = Claims;

    fn try_verify(&self, _: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<Claims>, VerifyError>> {
        Some(Ok(Verified::new(Facts::new("5d1c2f0a"), Claims::new())))
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
        Err(VerifyError::unavailable(Reason::STORE))
    }

    fn caching(&self) -> Option<Caching> {
        Some(Caching::of_signed_tokens(Revocations::new()))
    }
}

fn passwords() -> Result<PasswordVerifier<MemoryAccounts>, Failure> {
    let (pool, accounts) = (HashPool::default(), MemoryAccounts::new());
    let hash = PasswordHash::create(PASSWORD.as_bytes(), pool.params())?;
    accounts.insert(Account::new("5d1c2f0a", "alice")?.with_password_hash(hash))?;
    Ok(PasswordVerifier::new(accounts, pool))
}
