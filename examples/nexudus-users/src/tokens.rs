//! Sections 1 and 2: a token for a member, by password, by an administrator, or by the member's token before.

use std::sync::Arc;
use std::time::Duration;

use auth_axum::{Attempt, Auth, public, requires_auth};
use auth_issuer::tokens::{IssuedToken, TokenClaims};
use auth_issuer::{Account, AccountState, AccountStore as _, SignInOutcome, SignInRequest, Unavailable};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use systems::{PathId, unix_time};

use crate::answer::{self, Problem};
use crate::body;
use crate::credentials::{Member, Staff, is_administrator};
use crate::login;
use crate::service::Portal;

/// The claim that says until when a token can be renewed by itself, in seconds since 1970.
pub(crate) const RENEWABLE_UNTIL: &str = "renewable_until";

/// How long after a sign-in a line of self-renewed tokens ends.
const LINE: Duration = Duration::from_hours(24);

/// The life of a self-renewed token, as of one that asks for nothing else.
const RENEWED: Duration = Duration::from_mins(30);

const NOT_A_MEMBER: &str = r#"Bearer realm="nexudus-portal", error="invalid_token""#;

/// Exchanges an address and a password for a token. Accounts with a second factor get none: nothing here carries a code.
#[public(reason = "this is where members prove who they are")]
pub(crate) async fn sign_in(State(portal): State<Arc<Portal>>, request: Request) -> Result<Response, Problem> {
    let attempt = portal.arrival.of(&request);
    let fields = body::read(request).await?;
    let (Some(email), Some(password)) = (fields.filled("email"), fields.filled("password")) else {
        return Ok(answer::wrong_credentials());
    };
    let granted = match portal.sign_in.sign_in(&SignInRequest::new(email, password), &attempt).await? {
        SignInOutcome::Granted(granted) => granted,
        SignInOutcome::Throttled { retry_after } => return Err(Problem::throttled(retry_after)),
        _ => return Ok(answer::wrong_credentials()),
    };
    let claims = TokenClaims::of(&granted).with_lifetime(body::validity(&fields));
    let token = issue(&portal, &granted.account, claims, end_of_line(&attempt), &attempt).await?;
    Ok(answer::success(Some(token.reveal())))
}

/// `POST /api/token`: REST credentials by password or refresh token.
#[public(reason = "this is where staff prove who they are")]
pub(crate) async fn rest(State(portal): State<Arc<Portal>>, request: Request) -> Response {
    portal.rest.serve(request).await.map(Body::from)
}

/// Gives a token for a member to whoever may edit members.
#[requires_auth(bearer, basic, any(role = "User-Edit", check = is_administrator))]
pub(crate) async fn refresh(
    State(portal): State<Arc<Portal>>,
    _staff: Auth<Staff>,
    PathId(id): PathId,
    request: Request,
) -> Result<Response, Problem> {
    let attempt = portal.arrival.of(&request);
    let id = id.filter(|id| is_positive(id)).ok_or_else(Problem::not_found)?;
    let fields = body::read_optional(request).await?;
    let nested = fields.object("auth").filter(|auth| auth.is_present("validityinminutes"));
    let life = body::validity(nested.unwrap_or(&fields));
    let account = portal.store.find_account_by_id(&id).await.map_err(Unavailable::from)?;
    let Some(account) = account.filter(|account| account.state() == AccountState::Active) else {
        return Ok(answer::wrong_credentials());
    };
    let claims = TokenClaims::new(account.id(), account.epoch()).with_lifetime(life);
    let token = issue(&portal, &account, claims, end_of_line(&attempt), &attempt).await?;
    Ok(answer::success(Some(token.reveal())))
}

/// Gives a member another token for the one that the request shows, which stays good for its time. One that has signed
/// its owner in has no successor that does so again.
#[requires_auth(bearer)]
pub(crate) async fn renew(
    State(portal): State<Arc<Portal>>,
    member: Auth<Member>,
    request: Request,
) -> Result<Response, Problem> {
    let attempt = portal.arrival.of(&request);
    let until = member.renewable_until.unwrap_or(0);
    let left = Duration::from_secs(until.saturating_sub(unix_time(attempt.now)));
    if left.is_zero() {
        return Err(Problem::unauthorized(NOT_A_MEMBER));
    }
    let account = &member.account;
    let claims = TokenClaims::new(account.id(), account.epoch()).with_lifetime(RENEWED.min(left));
    let token = issue(&portal, account, claims, until, &attempt).await?;
    if login::has_signed_in(&portal, Auth::facts(&member)).await? {
        login::never_signs_in(&portal, &token).await?;
    }
    Ok(answer::success(Some(token.reveal())))
}

async fn issue(
    portal: &Portal,
    account: &Account,
    claims: TokenClaims,
    renewable_until: u64,
    attempt: &Attempt,
) -> Result<IssuedToken, Problem> {
    let claims = claims
        .with_claim("email", account.login())
        .with_claim("nbf", unix_time(attempt.now))
        .with_claim(RENEWABLE_UNTIL, renewable_until);
    Ok(portal.members.issue_for(&claims, attempt).await?)
}

fn end_of_line(attempt: &Attempt) -> u64 {
    unix_time(attempt.now).saturating_add(LINE.as_secs())
}

/// A positive integer in its only spelling.
fn is_positive(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_digit()) && id.bytes().next().is_some_and(|first| first != b'0')
}
