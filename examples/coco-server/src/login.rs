//! The sign-in and its end.

use std::sync::Arc;

use auth_axum::{Auth, Claims, public, requires_auth};
use auth_issuer::sign_in::Granted;
use auth_issuer::tokens::TokenClaims;
use auth_issuer::{SignInOutcome, SignInRequest};
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use systems::{Site, unix_time};

use crate::body;
use crate::credentials::{ApiToken, Caller, SessionCookie};
use crate::envelope::{Problem, success};
use crate::service::{Coco, ExpireIn, LOGIN_LIFE, provider};

const MALFORMED: &str = "invalid JSON format";
const NO_PASSWORD: &str = "password is required";

#[derive(Serialize)]
struct LoggedIn<'a> {
    access_token: &'a str,
    expire_in: u64,
    id: &'a str,
    status: &'static str,
    username: &'a str,
}

#[derive(Serialize)]
struct Done {
    status: &'static str,
}

/// Exchanges a password, or an e-mail and a password, for a token. A browser gets it as a cookie too.
#[public(reason = "this is where callers prove who they are")]
pub(crate) async fn login(State(coco): State<Arc<Coco>>, request: Request) -> Result<Response, Problem> {
    let attempt = coco.arrival.of(&request);
    let fields = body::read(request, MALFORMED).await?;
    let password = fields.filled("password").ok_or_else(|| Problem::bad_request(NO_PASSWORD))?;
    let email = body::text(&fields, "email", MALFORMED)?.filter(|email| !email.is_empty());
    let alias = body::text(&fields, "login", MALFORMED)?.filter(|login| !login.is_empty());
    let request = match email.or(alias) {
        Some(login) => SignInRequest::new(login, password),
        None => SignInRequest::password_only(password),
    };
    let granted = match coco.sign_in.sign_in(&request, &attempt).await? {
        SignInOutcome::Granted(granted) => granted,
        SignInOutcome::Throttled { retry_after } => return Err(Problem::throttled(retry_after)),
        _ => return Err(Problem::failed_to_login()),
    };
    let token = coco.tokens.issue_for(&claims_of(&coco, &granted), &attempt).await?;
    let expire_in = match coco.settings.expire_in {
        ExpireIn::Duration => LOGIN_LIFE.as_secs(),
        ExpireIn::Absolute => unix_time(token.expires_at()),
    };
    let mut answer = success(&LoggedIn {
        access_token: token.reveal(),
        expire_in,
        id: granted.account.id(),
        status: "ok",
        username: coco.username(&granted.account),
    });
    answer.headers_mut().append(SET_COOKIE, coco.cookie.set_token(&token));
    Ok(answer)
}

/// Ends the session that the request shows: its token is good for nothing any more.
///
/// A page elsewhere can make a browser send the cookie, so a cookie alone ends something only where the browser says
/// that the request comes from this very site.
#[requires_auth(bearer, ApiToken, SessionCookie, optional)]
pub(crate) async fn logout(
    State(coco): State<Arc<Coco>>,
    caller: Option<Auth<Caller>>,
    request: Request,
) -> Result<Response, Problem> {
    let attempt = coco.arrival.of(&request);
    let mut answer = success(&Done { status: "ok" });
    let Some(caller) = caller else { return Ok(answer) };
    let has_cookie = Auth::scheme(&caller) == "session_cookie";
    if has_cookie && Site::of(request.headers()) != Site::Here {
        return Ok(answer);
    }
    if caller.is_signed_in() {
        coco.live.revoke(Auth::facts(&caller), &attempt).await?;
    }
    if has_cookie {
        answer.headers_mut().append(SET_COOKIE, coco.cookie.clear());
    }
    Ok(answer)
}

/// A HEAD must not have the effect of a GET (RFC 9110 §9.3.2).
#[public(reason = "nothing happens")]
pub(crate) async fn no_head() -> Response {
    let mut answer = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method not allowed").into_response();
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET,POST"));
    answer
}

fn claims_of(coco: &Coco, granted: &Granted) -> TokenClaims {
    let account = &granted.account;
    TokenClaims::of(granted)
        .with_roles(account.roles())
        .with_claim("provider", provider(coco.settings.mode))
        .with_claim("login", coco.username(account))
        .with_claim("userid", account.id())
        .with_claim("last_login", Claims::new().with("timestamp", unix_time(granted.auth_time)))
}
