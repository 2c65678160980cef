//! What of the token endpoint can be replaced.

use std::time::Duration;

use auth_core::{ClientSource, ConfigError};
use auth_issuer::http::{
    Arrival, Client, ClientAuth, FieldsDecoder, MemoryClients, OAuthError, OAuthErrorCode, TokenAnswer, TokenEndpoint,
    TokenRenderer,
};
use auth_issuer::refresh::RefreshTokens;
use auth_issuer::secret::SecretDigest;
use auth_issuer::tokens::TokenIssuer;
use auth_issuer::{MemoryStore, SignInRequest};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::json;

use super::bench::{ALICE, At, Bench, SECRET, as_client, password_grant, payload, post};
use super::support::PASSWORD;

type Plain = TokenEndpoint<MemoryStore, MemoryStore, MemoryClients>;

fn plain() -> (TokenIssuer, ClientAuth<MemoryClients>, Arrival) {
    let client = Client::confidential("backend", SecretDigest::of(SECRET.as_bytes())).expect("good");
    let clients = MemoryClients::new([client.with_grant(auth_issuer::http::GrantKind::Password)]).expect("one");
    (Bench::new().issuer, ClientAuth::new(clients), Arrival::new(ClientSource::peer()))
}

/// An endpoint without the password grant.
pub(crate) fn refresh_only() -> Plain {
    let ((issuer, clients, arrival), store) = (plain(), MemoryStore::new());
    let builder = TokenEndpoint::builder(issuer, clients, arrival);
    builder.refresh(RefreshTokens::new(store.clone(), store)).build().expect("complete")
}

pub(crate) fn without_grants() -> Result<Plain, ConfigError> {
    let (issuer, clients, arrival) = plain();
    TokenEndpoint::builder(issuer, clients, arrival).build()
}

/// Answers of another form, which say the wrong thing of caches.
struct Own;

impl TokenRenderer for Own {
    fn granted(&self, answer: &TokenAnswer<'_>) -> Response<Bytes> {
        let refresh = answer.refresh.map(|refresh| refresh.token.reveal());
        let body = json!({ "jwt": answer.access.reveal(), "next": refresh, "may": answer.scopes });
        self.cached(StatusCode::CREATED, &body)
    }

    fn refused(&self, error: &OAuthError) -> Response<Bytes> {
        let status = StatusCode::from_u16(error.status()).expect("a status");
        let mut response = self.cached(status, &json!({ "problem": format!("{:?}", error.code) }));
        if error.code == OAuthErrorCode::InvalidClient {
            response.headers_mut().insert("www-authenticate", HeaderValue::from_static("Basic realm=\"own\""));
        }
        if let Some(wait) = error.retry_after {
            response.headers_mut().insert("retry-after", wait.as_secs().into());
        }
        response
    }
}

impl Own {
    #[expect(clippy::unused_self, reason = "reads as a part of it")]
    fn cached(&self, status: StatusCode, body: &serde_json::Value) -> Response<Bytes> {
        let response = Response::builder().status(status).header("cache-control", "public, max-age=600");
        response.header("pragma", "cache").body(Bytes::from(body.to_string())).expect("a response")
    }
}

#[tokio::test]
async fn answers_can_have_another_form_and_no_cache_keeps_them_all_the_same() {
    let bench = Bench::with(|builder| builder.renderer(Own));
    let granted = bench.ask(At::Token, as_client(post(&password_grant(ALICE, PASSWORD)), "backend")).await;
    assert_eq!((granted.status, &granted.json()["may"]), (201, &json!(["read", "write"])));
    let next = granted.text("next");
    let renewed = bench.refresh("backend", &next, Some("read")).await;
    assert_eq!((renewed.status, &renewed.json()["may"]), (201, &json!(["read"])));

    let mut get = post(&[]);
    *get.method_mut() = http::Method::GET;
    let refusals = [
        (400, "InvalidGrant", as_client(post(&password_grant(ALICE, "wrong password")), "backend")),
        (400, "UnsupportedGrantType", as_client(post(&[("grant_type", "x")]), "backend")),
        (401, "InvalidClient", post(&password_grant(ALICE, PASSWORD))),
        (405, "MethodNotAllowed", get),
    ];
    for (status, problem, request) in refusals {
        let answer = bench.ask(At::Token, request).await;
        assert_eq!((answer.status, answer.text("problem").as_str()), (status, problem));
    }
    bench.outage.set(true);
    let answer = bench.ask(At::Token, as_client(post(&password_grant(ALICE, PASSWORD)), "backend")).await;
    assert_eq!((answer.status, answer.text("problem").as_str()), (503, "TemporarilyUnavailable"));
}

#[tokio::test]
async fn access_tokens_can_say_more() {
    let bench = Bench::with(|builder| {
        builder.claims(|claims, granted, client| {
            let claims = claims.with_claim("email", granted.account.login()).with_claim("sub", "root");
            if client.is_confidential() { claims } else { claims.with_lifetime(Duration::from_secs(60)) }
        })
    });
    let answer = bench.signed_in().await;
    let claims = payload(&answer.text("access_token"));
    assert_eq!(
        (&claims["email"], &claims["sub"]),
        (&ALICE.into(), &"1".into()),
        "the issuer's own are not overwritten"
    );
    assert_eq!(answer.json()["expires_in"], 300);
    let mut fields = password_grant(ALICE, PASSWORD).to_vec();
    fields.push(("client_id", "app"));
    assert_eq!(bench.token(&fields).await.json()["expires_in"], 60);
}

#[tokio::test]
async fn requests_can_have_another_form() {
    let bench = Bench::with(|builder| {
        builder.decoder(FieldsDecoder::new().accept_json()).password_request(|fields| {
            let missing = || OAuthError::new(OAuthErrorCode::InvalidRequest, "email or password is missing");
            let email = fields.filled("email").ok_or_else(missing)?;
            Ok(SignInRequest::new(email, fields.filled("password").ok_or_else(missing)?))
        })
    });
    let json = |body: serde_json::Value| {
        let request = Request::post("/").header("content-type", "application/json");
        as_client(request.body(Bytes::from(body.to_string())).expect("a request"), "backend")
    };
    let good = json(json!({ "grant_type": "password", "email": ALICE, "password": PASSWORD }));
    assert_eq!(bench.ask(At::Token, good).await.status, 200);
    let without = json(json!({ "grant_type": "password", "username": ALICE, "password": PASSWORD }));
    assert_eq!(bench.ask(At::Token, without).await.error(), (400, "invalid_request".to_owned()));
    let form = as_client(post(&password_grant(ALICE, PASSWORD)), "backend");
    assert_eq!(bench.ask(At::Token, form).await.error(), (400, "invalid_request".to_owned()), "no form any more");
}
