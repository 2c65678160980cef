//! Section 3: signing in to the portal by a link, once, and out of it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_axum::{Attempt, Auth, Claims, Factor, Facts, public, requires_auth};
use auth_issuer::Unavailable;
use auth_issuer::http::Fields;
use auth_issuer::redirect::LocalTarget;
use auth_issuer::sign_in::Granted;
use auth_issuer::token_ids::TokenIdStore as _;
use auth_issuer::tokens::{IssuedToken, LiveToken};
use axum::extract::{Request, State};
use axum::http::header::{LOCATION, REFERRER_POLICY, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::accept::Preference;
use crate::answer::{self, Problem};
use crate::body;
use crate::credentials::{Member, SessionCookie};
use crate::language;
use crate::pages::Notice;
use crate::service::Portal;

const CHALLENGE: &str = r#"Bearer realm="nexudus-portal", error="invalid_token""#;

/// The kind of the ids of tokens that have signed their owner in and are still good as Bearer.
const SIGNED_IN: &str = "user_login";

/// How much longer than a token its id is remembered: longer than any leeway.
const REMEMBERED: Duration = Duration::from_mins(10);

const INCOMPLETE: Notice = Notice {
    title: "This link is incomplete",
    text: "A part of it is missing. Copy the whole link, or open it from where you got it.",
};
const ELSEWHERE: Notice = Notice {
    title: "This link leads somewhere else",
    text: "It would have sent you to another site after signing you in. You were not signed in, and nothing was opened. \
           Ask whoever gave you the link for a new one.",
};
const USED: Notice = Notice {
    title: "This link no longer works",
    text: "A link that signs you in works once and for a short time. It was used already, or its time is over. Ask for a \
           new one where you got this one.",
};

/// Signs whoever has a good token in to the portal. The token is spent by it.
#[public(reason = "the token in the query proves who it is")]
pub(crate) async fn by_link(State(portal): State<Arc<Portal>>, request: Request) -> Response {
    let head = request.map(drop);
    let mut answer = sign_in(&portal, &head).await.unwrap_or_else(IntoResponse::into_response);
    // The token is in the address (RFC 6750 §5.3).
    answer.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}

async fn sign_in(portal: &Portal, request: &Request<()>) -> Result<Response, Problem> {
    let attempt = portal.arrival.of(request);
    let preference = Preference::of(request.headers());
    let is_person = preference == Preference::Page;
    let (uri, headers) = (request.uri(), request.headers());
    let fields = body::query(uri.query()).map_err(|problem| problem.shown_to(is_person, INCOMPLETE))?;
    let token = fields
        .filled("t")
        .ok_or_else(|| Problem::bad_request("The parameter t is missing.").shown_to(is_person, INCOMPLETE))?;
    // Before the token is spent: a bad link must not burn it.
    let target = target(&fields, language::of(uri.path())).ok_or_else(|| {
        Problem::bad_request("The parameter redirectUrl is not a relative URL.").shown_to(is_person, ELSEWHERE)
    })?;
    let Some(live) = redeem(portal, token, &attempt).await? else {
        tracing::info!(auth.reason = "dead_link", "a link that signs in is used, expired or none of ours");
        return Err(Problem::unauthorized(CHALLENGE).shown_to(is_person, USED));
    };
    let granted = Granted::new(live.account, [Factor::new("link").at(attempt.now)], attempt.now);
    let begun = portal.sessions.begin(&granted, label(headers), &attempt).await?;
    let mut answer = match preference {
        Preference::Json => answer::success(None),
        _ => found(StatusCode::FOUND, target.as_str())?,
    };
    answer.headers_mut().append(SET_COOKIE, portal.cookie.set(&begun));
    Ok(answer)
}

/// Ends the session. The cookie is read only if the request comes from a page of this very site.
#[requires_auth(bearer, SessionCookie, optional)]
pub(crate) async fn sign_out(
    State(portal): State<Arc<Portal>>,
    member: Option<Auth<Member>>,
    request: Request,
) -> Result<Response, Problem> {
    let attempt = portal.arrival.of(&request);
    if let Some(session) = member.as_ref().and_then(|member| member.session.as_ref()) {
        // It does not matter whether another request was faster.
        let _was_there = portal.sessions.end(&session.account, &session.id, &attempt).await?;
    }
    let mut answer = match Preference::of(request.headers()) {
        Preference::Json => answer::success(None),
        _ => found(StatusCode::SEE_OTHER, &home(language::of(request.uri().path())))?,
    };
    answer.headers_mut().append(SET_COOKIE, portal.cookie.clear());
    Ok(answer)
}

/// Where the browser goes afterwards; `None` if that may be another site.
fn target(fields: &Fields, language: &str) -> Option<LocalTarget> {
    let home = home(language);
    LocalTarget::parse(fields.filled("redirectUrl").unwrap_or(&home)).ok()
}

async fn redeem(portal: &Portal, token: &str, attempt: &Attempt) -> Result<Option<LiveToken>, Unavailable> {
    if portal.login_ends_bearer {
        return portal.links.redeem(token, attempt).await;
    }
    let Some(live) = portal.links.peek(token, attempt).await? else { return Ok(None) };
    let Some((id, until)) = named(&live.claims) else { return Ok(None) };
    let is_first = portal.store.spend_token_id(SIGNED_IN, &id, until).await?;
    Ok(is_first.then_some(live))
}

/// Whether a token that is good has signed its owner in, or comes from one that has.
pub(crate) async fn has_signed_in(portal: &Portal, token: &Facts) -> Result<bool, Unavailable> {
    let Some(id) = &token.credential_id else { return Ok(false) };
    Ok(portal.store.is_token_id_spent(SIGNED_IN, id).await?)
}

/// Makes of a new token one that is good as Bearer only.
pub(crate) async fn never_signs_in(portal: &Portal, token: &IssuedToken) -> Result<(), Unavailable> {
    let until = token.expires_at().checked_add(REMEMBERED).unwrap_or(token.expires_at());
    let _is_new = portal.store.spend_token_id(SIGNED_IN, token.id(), until).await?;
    Ok(())
}

/// The id of a token, and until when it has to be remembered.
fn named(claims: &Claims) -> Option<(String, SystemTime)> {
    let (id, expires_at) = (claims.parse("jti").ok()?, claims.parse::<u64>("exp").ok()?);
    let expires_at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(expires_at))?;
    Some((id, expires_at.checked_add(REMEMBERED)?))
}

/// How its owner knows the session again.
fn label(headers: &HeaderMap) -> &str {
    headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
}

pub(crate) fn home(language: &str) -> String {
    format!("/{language}/")
}

fn found(status: StatusCode, target: &str) -> Result<Response, Problem> {
    // A target without control characters can stand in a field.
    let target = HeaderValue::from_str(target);
    let target = target.map_err(|_invalid| Problem::bad_request("The parameter redirectUrl is malformed."))?;
    Ok((status, [(LOCATION, target)]).into_response())
}
