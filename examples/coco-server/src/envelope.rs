//! What the answers look like: plain JSON, and one envelope for everything that fails.
//!
//! ```json
//! {"status": 403, "error": {"reason": "failed to login"}}
//! ```
//!
//! `status` is the status of the answer. The web console signs its user out on 401, so 401 means "not signed in" and
//! nothing else.

use std::borrow::Cow;
use std::time::Duration;

use auth_axum::{Body, Reason, Refusal, RefusalKind, RefusalView, Renderer};
use auth_issuer::Unavailable;
use auth_issuer::http::{BodyError, BodyErrorKind, reply};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use systems::FailureHead;

/// The media type of every answer.
pub(crate) const JSON: &str = "application/json; charset=utf-8";

/// Where nobody can say which credential counts.
pub(crate) const TWO_CREDENTIALS: &str = "more than one credential";

/// A failure, as a handler says it.
#[derive(Debug)]
pub(crate) struct Problem {
    head: FailureHead,
    reason: Cow<'static, str>,
    refusal: Option<Refusal>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    status: u16,
    error: Details<'a>,
}

#[derive(Serialize)]
struct Details<'a> {
    reason: &'a str,
}

impl Problem {
    /// A failure with that status, which says that reason.
    pub(crate) fn new(status: StatusCode, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::of(FailureHead::new(status), reason)
    }

    fn of(head: FailureHead, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { head, reason: reason.into(), refusal: None }
    }

    /// A request that cannot be meant.
    pub(crate) fn bad_request(reason: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    /// Wrong credentials of a sign-in. Not 401: that would sign out whoever is signed in.
    pub(crate) fn failed_to_login() -> Self {
        Self::new(StatusCode::FORBIDDEN, "failed to login")
    }

    /// Too many wrong passwords.
    pub(crate) fn throttled(retry_after: Duration) -> Self {
        Self::of(FailureHead::throttled(retry_after), "too many login attempts, please try again later")
    }

    /// A body without fields; `malformed` is said of one that is no JSON object.
    pub(crate) fn of_body(error: &BodyError, malformed: &'static str) -> Self {
        let reason = match error.kind() {
            BodyErrorKind::TooLarge => "request body is too large",
            BodyErrorKind::Unsupported => "unsupported content type",
            _ => malformed,
        };
        Self::of(error.into(), reason)
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        Self::of(error.into(), "service is unavailable, please try again later")
    }
}

/// A refusal has its body already.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self { refusal: Some(refusal), ..Self::new(StatusCode::FORBIDDEN, "") }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Some(refusal) = self.refusal {
            return refusal.into_response();
        }
        let status = self.head.status();
        let mut answer = reply::json(status, body_of(status.as_u16(), &self.reason));
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        self.head.write(answer).map(axum::body::Body::from)
    }
}

/// The answer to a request that succeeded.
pub(crate) fn success(body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(text) => ([(CONTENT_TYPE, JSON)], text).into_response(),
        Err(error) => {
            tracing::error!(cause = %error, "an answer could not be written");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal server error").into_response()
        }
    }
}

/// The text of the envelope.
pub(crate) fn body_of(status: u16, reason: &str) -> String {
    // A number and a text can always be written.
    serde_json::to_string(&Envelope { status, error: Details { reason } }).unwrap_or_default()
}

/// Writes what the framework refuses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CocoEnvelope;

impl Renderer for CocoEnvelope {
    fn render(&self, refusal: &RefusalView<'_>) -> Body {
        Body::new(JSON, body_of(refusal.status, &reason_of(refusal)).into_bytes())
    }
}

fn reason_of(refusal: &RefusalView<'_>) -> Cow<'static, str> {
    Cow::Borrowed(match refusal.kind {
        // Whoever has a token with a good signature knows already that there was such a user.
        RefusalKind::InvalidCredentials if refusal.reason == Reason::ACCOUNT_STATE => "user not found",
        RefusalKind::NoCredentials | RefusalKind::InvalidCredentials | RefusalKind::InsufficientAuthentication => {
            "invalid login"
        }
        RefusalKind::AmbiguousCredentials => TWO_CREDENTIALS,
        RefusalKind::InsufficientScope => {
            // Before the permission itself stands the one that includes all others.
            let key = refusal.scope.and_then(|scopes| scopes.rsplit(' ').next()).unwrap_or_default();
            return Cow::Owned(format!("permission [[{key}]] not allowed"));
        }
        RefusalKind::Forbidden => "request not allowed",
        RefusalKind::NotFound => "not found",
        RefusalKind::Throttled => "too many login attempts, please try again later",
        RefusalKind::Unavailable => "service is unavailable, please try again later",
        RefusalKind::Misconfigured => "internal server error",
    })
}
