//! `POST /api/sys/users/exchange`: a one-time token for a pair.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth_axum::jwt::JwtAlgorithm;
use auth_axum::{Attempt, Factor, public};
use auth_issuer::Unavailable;
use auth_issuer::http::{FieldsDecoder, reply};
use auth_issuer::one_time::{OneTimeSecrets, Purpose};
use auth_issuer::sign_in::Granted;
use auth_issuer::stores::AnyStore;
use auth_issuer::tokens::{AccountTokens, IssuedToken, LiveToken, LiveTokens, OneTimeTokens, TokenClaims, TokenIssuer};
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{Method, StatusCode};
use serde_json::json;
use systems::nexudus::token::{self, TokenEndpoint};
use systems::{Context, StartError};

use crate::confirmation::{Refusal, read, respond};
use crate::customer::REALM;
use crate::portal::{Portal, is_registered};

/// How long a one-time token is good.
const LIFE: Duration = Duration::from_mins(10);
/// How much longer it is believed, since clocks differ.
const SKEW: Duration = Duration::from_mins(1);
/// What its secret is good for.
const EXCHANGE: Purpose = Purpose::custom("exchange");
/// The claim that holds the secret.
const SECRET: &str = "secret";
/// The longest life of an access token that a client may ask for, in minutes: 14 days.
const MAX_MINUTES: u64 = 20_160;

/// One-time tokens: signed with a key of their own, for an audience of their own. None is ever a bearer token.
///
/// Each holds a one-time secret: three of an account are good at once, and whoever redeems one voids the others.
#[derive(Clone)]
pub(crate) struct ExchangeTokens {
    issuer: TokenIssuer,
    tokens: Arc<OneTimeTokens<AnyStore, AnyStore>>,
    secrets: OneTimeSecrets<AnyStore, AnyStore>,
}

impl ExchangeTokens {
    pub(crate) fn new(context: &Context) -> Result<Self, StartError> {
        let Context { name, store, audit, .. } = context;
        let issuer = TokenIssuer::builder(context.keys.ring("exchange", JwtAlgorithm::Rs256)?)
            .issuer(*name)
            .audience(format!("{name}/exchange"))
            .purpose("exchange")
            .lifetime(LIFE)
            .token_type("JWT")
            .without_id_of_only_key()
            .audit(audit.clone())
            .build()?;
        let live = LiveTokens::new(issuer.clone(), store.clone(), store.clone());
        let tokens = Arc::new(OneTimeTokens::new(AccountTokens::new(live)?.admit_only_if(is_registered)));
        let secrets = OneTimeSecrets::new(store.clone(), store.clone()).with_audit(audit.clone());
        Ok(Self { issuer, tokens, secrets })
    }

    /// A token for a sign-in that is complete; `None` if its account has three good ones.
    pub(crate) async fn issue(&self, granted: &Granted, attempt: &Attempt) -> Result<Option<IssuedToken>, Unavailable> {
        let secret = self.secrets.issue(&granted.account, EXCHANGE, LIFE.saturating_add(SKEW), attempt).await?;
        let Some(secret) = secret else { return Ok(None) };
        let claims = TokenClaims::of(granted).with_claim(SECRET, secret.reveal());
        self.issuer.issue_for(&claims, attempt).await.map(Some)
    }

    /// The sign-in of a token, which is spent; `None` if it is not good.
    async fn redeem(&self, token: &str, attempt: &Attempt) -> Result<Option<Granted>, Unavailable> {
        let Some(token) = self.tokens.peek(token, attempt).await? else { return Ok(None) };
        let Ok(secret) = token.claims.parse::<String>(SECRET) else { return Ok(None) };
        let redeemed = self.secrets.redeem(EXCHANGE, &secret, attempt).await?;
        let is_own = redeemed.is_some_and(|secret| secret.account.id() == token.account.id());
        Ok(is_own.then(|| granted(token, attempt)))
    }
}

/// What a one-time token says of how its owner has signed in.
fn granted(token: LiveToken, attempt: &Attempt) -> Granted {
    let auth_time = token.claims.parse::<u64>("auth_time").ok();
    let auth_time = auth_time.and_then(|seconds| std::time::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    let auth_time = auth_time.unwrap_or(attempt.now);
    let methods: Vec<String> = token.claims.parse("amr").unwrap_or_default();
    let factors = methods.into_iter().map(|method| Factor::new(method).at(auth_time));
    Granted::new(token.account, factors, auth_time)
}

/// Exchanges a one-time token. `POST` only: it spends a credential.
#[public(reason = "the one-time token is the credential")]
pub(crate) async fn exchange(State(portal): State<Portal>, request: Request) -> Response {
    respond(pair(&portal, request).await)
}

async fn pair(portal: &Portal, request: Request) -> Result<http::Response<Bytes>, Refusal> {
    let request = read(request, &Method::POST).await?;
    let attempt = portal.context.attempt(&request);
    let query = request.uri().query().unwrap_or_default();
    let query =
        FieldsDecoder::new().decode_query(query).map_err(|_malformed| bad("a parameter is malformed or repeated"))?;
    let presented = query.filled("token").ok_or_else(|| bad("token is missing"))?;
    let minutes = query.text("validForInMinutes").and_then(minutes);
    let minutes = minutes.ok_or_else(|| bad("validForInMinutes has to be 1 to 20160"))?;
    let client = TokenEndpoint::client_id(request.headers());
    let client = client.map_err(|_bad| bad("client_id has to be 1 to 200 visible ASCII characters, once"))?;
    let Some(granted) = portal.exchange.redeem(presented, &attempt).await? else {
        let challenge = format!("Bearer realm=\"{REALM}\", error=\"invalid_token\"");
        return Ok(reply::with(reply::empty(StatusCode::UNAUTHORIZED), WWW_AUTHENTICATE, &challenge));
    };
    let life = Duration::from_mins(minutes);
    let pair = portal.tokens.issue(&granted, client, life, &attempt).await?;
    let body = json!({
        "token": pair.access.reveal(),
        "token_type": "bearer",
        "expires_in": life.as_secs(),
        "refresh_token": pair.refresh.token.reveal(),
    });
    Ok(token::json(StatusCode::OK, &body))
}

fn minutes(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let minutes = text.parse().ok().filter(|_| is_number)?;
    (1..=MAX_MINUTES).contains(&minutes).then_some(minutes)
}

/// This endpoint answers as the token endpoint does (RFC 6749 §5.2).
fn bad(description: &str) -> Refusal {
    let body = json!({ "error": "invalid_request", "error_description": description });
    Refusal::answer(token::json(StatusCode::BAD_REQUEST, &body))
}

impl fmt::Debug for ExchangeTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExchangeTokens").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
