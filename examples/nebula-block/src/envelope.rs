//! What every answer looks like.
//!
//! ```json
//! {"data": {}, "message": "Login successful", "status": "success"}
//! ```
//!
//! `status` is `success` or `failed`; on a failure `data` is an empty object, and the status code says the kind.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use auth_axum::{Body, RefusalKind, RefusalView, Renderer};
use auth_issuer::Unavailable;
use auth_issuer::http::{ReadError, reply};
use axum::http::header::{CONNECTION, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// How long to wait where nothing could be decided.
const UNAVAILABLE_FOR: Duration = Duration::from_secs(5);

/// What is asked for where nobody has said who they are.
const CHALLENGE: HeaderValue = HeaderValue::from_static(r#"Bearer realm="nebula-block""#);

/// The same, after a credential that is not good any more.
const INVALID_TOKEN: HeaderValue = HeaderValue::from_static(r#"Bearer realm="nebula-block", error="invalid_token""#);

#[derive(Serialize)]
struct Envelope<'a, T> {
    data: T,
    message: &'a str,
    status: &'static str,
}

/// `{}`.
#[derive(Serialize)]
pub(crate) struct Nothing {}

/// The answer to a request that succeeded.
pub(crate) fn success(message: &'static str, data: impl Serialize) -> Response {
    match serde_json::to_string(&Envelope { data, message, status: "success" }) {
        Ok(text) => reply::json(StatusCode::OK, text).map(axum::body::Body::from),
        Err(error) => {
            tracing::error!(cause = %error, "an answer could not be written");
            Failure::internal().into_response()
        }
    }
}

/// Where nobody can say which credential counts.
pub(crate) const TWO_CREDENTIALS: &str = "More than one credential";

/// A failure, as a handler says it.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    message: Cow<'static, str>,
    challenge: Option<HeaderValue>,
    retry_after: Option<Duration>,
    /// Whether some of the body stays unread, so that the connection is of no further use.
    closes: bool,
}

impl Failure {
    /// A failure with that status, which says that message.
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), challenge: None, retry_after: None, closes: false }
    }

    /// A name and a password that do not belong together.
    pub(crate) fn wrong_credentials() -> Self {
        let message = "Incorrect username or password";
        Self { challenge: Some(CHALLENGE), ..Self::new(StatusCode::UNAUTHORIZED, message) }
    }

    /// A credential that has been withdrawn while it was used.
    pub(crate) fn stale_credential() -> Self {
        let message = "Could not validate credentials";
        Self { challenge: Some(INVALID_TOKEN), ..Self::new(StatusCode::UNAUTHORIZED, message) }
    }

    /// A field that is missing, empty or of a wrong kind.
    pub(crate) fn unprocessable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// Too many wrong passwords.
    pub(crate) fn throttled(retry_after: Duration) -> Self {
        let message = "Too many login attempts";
        Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, message) }
    }

    /// A mistake of this program.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }
}

/// A body without fields that can be used.
impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unsupported => Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported content type"),
            ReadError::TooLarge => {
                Self { closes: true, ..Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Request body too large") }
            }
            _ => Self::new(StatusCode::BAD_REQUEST, "Malformed request body"),
        }
    }
}

/// Tells the operator why, and the client that it may try again.
impl From<Unavailable> for Failure {
    fn from(error: Unavailable) -> Self {
        let cause: &(dyn Error + 'static) = &error;
        tracing::error!(auth.reason = error.reason().as_str(), cause, "nothing could be decided");
        let failure = Self::new(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE);
        Self { retry_after: Some(UNAVAILABLE_FOR), ..failure }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut answer = reply::json(self.status, failed(&self.message));
        if let Some(challenge) = self.challenge {
            answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(wait) = self.retry_after {
            answer = reply::retry_after(answer, wait);
        }
        if self.closes {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer.map(axum::body::Body::from)
    }
}

const UNAVAILABLE: &str = "Service is unavailable, please try again later";

/// The text of a failure's envelope.
fn failed(message: &str) -> String {
    // Texts can always be written.
    serde_json::to_string(&Envelope { data: Nothing {}, message, status: "failed" }).unwrap_or_default()
}

/// Writes what the framework refuses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NebulaEnvelope;

impl Renderer for NebulaEnvelope {
    fn render(&self, refusal: &RefusalView<'_>) -> Body {
        let message = match refusal.kind {
            RefusalKind::NoCredentials => "Not authenticated",
            RefusalKind::InvalidCredentials | RefusalKind::InsufficientAuthentication => {
                "Could not validate credentials"
            }
            RefusalKind::AmbiguousCredentials => TWO_CREDENTIALS,
            RefusalKind::InsufficientScope | RefusalKind::Forbidden => "Permission denied",
            RefusalKind::NotFound => "Not found",
            RefusalKind::Throttled => "Too many login attempts",
            RefusalKind::Unavailable => UNAVAILABLE,
            RefusalKind::Misconfigured => "Internal server error",
        };
        Body::new("application/json", failed(message).into_bytes())
    }
}
