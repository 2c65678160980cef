//! Section 5: asking for a mail, and choosing a new password where its link leads.

use std::sync::Arc;

use auth_axum::public;
use auth_issuer::http::{FieldsDecoder, MAX_BODY, collect};
use auth_issuer::passwords::{ResetBegun, ResetCompleted};
use axum::extract::{Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use systems::Site;

use crate::accept::Preference;
use crate::answer::{self, Problem};
use crate::body;
use crate::language;
use crate::pages::{self, NewPassword, Notice};
use crate::service::Portal;

/// The documented text.
const SENT: &str = "We have sent you an email with instructions on how to change your password.";

const MAIL_SENT: Notice = Notice { title: "Check your mail", text: SENT };
const UNKNOWN: Notice = Notice {
    title: "We do not know this address",
    text: "There is no account with the address that you have entered. Check how it is written, and try again.",
};
const TOO_MANY: Notice = Notice {
    title: "Too many mails",
    text: "We have sent as many mails to this address as we send in an hour. Look into your mailbox, or try again later.",
};
const EXPIRED: Notice = Notice {
    title: "This link no longer works",
    text: "A link to choose a new password works once, for an hour. It was used already, or its time is over. We can mail \
           you another one.",
};
const CHANGED: Notice = Notice {
    title: "Your password was changed",
    text: "You were signed out everywhere. From now on, sign in with your new password.",
};
const FOREIGN: Notice = Notice {
    title: "That did not come from here",
    text: "Your new password was sent from a page of another site, so it was not taken. Open the link in your mail again.",
};

/// Sends a mail with a link, for which the API is documented as a GET.
#[public(reason = "for whoever cannot sign in")]
pub(crate) async fn by_get(State(portal): State<Arc<Portal>>, request: Request) -> Result<Response, Problem> {
    let fields = body::query(request.uri().query())?;
    begin(&portal, &request.map(drop), fields.text("email")).await
}

/// The same by POST, as older clients do it, with the address in the query, the body or both.
#[public(reason = "for whoever cannot sign in")]
pub(crate) async fn by_post(State(portal): State<Arc<Portal>>, request: Request) -> Result<Response, Problem> {
    let in_query = body::query(request.uri().query())?;
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts.clone(), ());
    let in_body = body::read_optional(Request::from_parts(parts, body)).await?;
    let (query, body) = (in_query.filled("email"), in_body.filled("email"));
    if query.is_some() && body.is_some() && query != body {
        return Err(Problem::bad_request("There are two different addresses."));
    }
    begin(&portal, &head, query.or(body)).await
}

async fn begin(portal: &Portal, request: &Request<()>, email: Option<&str>) -> Result<Response, Problem> {
    let is_person = Preference::of(request.headers()) == Preference::Page;
    let is_known = match email.filter(|email| !email.is_empty()) {
        None => false,
        Some(email) => match portal.resets.begin(email, &portal.arrival.of(request)).await? {
            ResetBegun::Accepted { is_known } => is_known,
            ResetBegun::Throttled { retry_after } => {
                return Err(Problem::throttled(retry_after).shown_to(is_person, TOO_MANY));
            }
            _ => false,
        },
    };
    if !is_known && portal.reveals_unknown {
        if is_person {
            return Ok(pages::with_form(StatusCode::NOT_FOUND, &UNKNOWN, language::of(request.uri().path())));
        }
        return Err(Problem::new(StatusCode::NOT_FOUND, "User not found."));
    }
    Ok(if is_person { pages::notice(StatusCode::OK, &MAIL_SENT) } else { answer::said(SENT) })
}

/// The page that a mailed link leads to. Looking at it spends nothing: scanners of mail follow links.
#[public(reason = "the token in the query proves who it is")]
pub(crate) async fn form(State(portal): State<Arc<Portal>>, request: Request) -> Result<Response, Problem> {
    let attempt = portal.arrival.of(&request);
    let fields = body::query(request.uri().query()).map_err(|problem| problem.shown_to(true, EXPIRED))?;
    let token = fields.text("token").unwrap_or_default();
    let Some(owner) = portal.resets.peek(token, &attempt).await? else { return Ok(expired(&request)) };
    let page = NewPassword::ask(language::of(request.uri().path()), token, owner.login());
    Ok(pages::new_password(StatusCode::OK, &page))
}

/// Sets the new password. It signs nobody in.
#[public(reason = "the token in the body proves who it is")]
pub(crate) async fn set(State(portal): State<Arc<Portal>>, request: Request) -> Result<Response, Problem> {
    let attempt = portal.arrival.of(&request);
    if !is_from_here(request.headers(), &portal.origin) {
        return Ok(pages::notice(StatusCode::FORBIDDEN, &FOREIGN));
    }
    let request = collect(request, MAX_BODY).await?;
    let fields = FieldsDecoder::new().accept_forms().decode(request.headers(), request.body())?;
    let text = |name: &str| fields.text(name).unwrap_or_default();
    let (token, password) = (text("token"), text("password"));
    let language = language::of(request.uri().path());
    // Whether the token is good is said first: nobody needs to mend a form for nothing.
    let Some(owner) = portal.resets.peek(token, &attempt).await? else { return Ok(expired(&request)) };
    let again = |problems: Vec<String>| {
        let page = NewPassword::ask(language, token, owner.login()).with_problems(problems);
        pages::new_password(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    if password != text("confirmation") {
        return Ok(again(vec!["The two passwords differ.".to_owned()]));
    }
    Ok(match portal.resets.complete(token, &password.into(), &attempt).await? {
        ResetCompleted::Done { .. } => pages::notice(StatusCode::OK, &CHANGED),
        ResetCompleted::Weak(violations) => again(violations.iter().map(ToString::to_string).collect()),
        _ => expired(&request),
    })
}

fn expired<B>(request: &axum::http::Request<B>) -> Response {
    pages::with_form(StatusCode::GONE, &EXPIRED, language::of(request.uri().path()))
}

/// Browsers say where a form comes from; whoever says nothing is no browser and has nothing that another site could use.
fn is_from_here(headers: &HeaderMap, own: &str) -> bool {
    let site = Site::of(headers);
    // A browser that says which site it is may keep the origin to itself (`null`).
    let is_own = |origin: &HeaderValue| origin == own || (site == Site::Here && origin == "null");
    site != Site::Elsewhere && headers.get_all(ORIGIN).iter().all(is_own)
}
