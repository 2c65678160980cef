//! What every answer looks like.
//!
//! ```json
//! {"data": {}, "message": "Login successful", "status": "success"}
//! ```
//!
//! `status` is `success` or `failed`; on a failure `data` is an empty object, and the status code says the kind.

use std::borrow::Cow;
use std::time::Duration;

use auth_axum::{Body, RefusalKind, RefusalView, Renderer};
use auth_issuer::Unavailable;
use auth_issuer::http::{BodyError, BodyErrorKind, reply};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use systems::FailureHead;

/// What is asked for where nobody has said who they are.
const CHALLENGE: &str = r#"Bearer realm="nebula-block""#;

/// The same, after a credential that is not good any more.
const INVALID_TOKEN: &str = r#"Bearer realm="nebula-block", error="invalid_token""#;

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
    head: FailureHead,
    message: Cow<'static, str>,
}

impl Failure {
    /// A failure with that status, which says that message.
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(FailureHead::new(status), message)
    }

    fn of(head: FailureHead, message: impl Into<Cow<'static, str>>) -> Self {
        Self { head, message: message.into() }
    }

    fn unauthorized(challenge: &'static str, message: &'static str) -> Self {
        Self::of(FailureHead::new(StatusCode::UNAUTHORIZED).with_challenge(challenge), message)
    }

    /// A name and a password that do not belong together.
    pub(crate) fn wrong_credentials() -> Self {
        Self::unauthorized(CHALLENGE, "Incorrect username or password")
    }

    /// A credential that has been withdrawn while it was used.
    pub(crate) fn stale_credential() -> Self {
        Self::unauthorized(INVALID_TOKEN, "Could not validate credentials")
    }

    /// A field that is missing, empty or of a wrong kind.
    pub(crate) fn unprocessable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// Too many wrong passwords.
    pub(crate) fn throttled(retry_after: Duration) -> Self {
        Self::of(FailureHead::throttled(retry_after), "Too many login attempts")
    }

    /// A mistake of this program.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }
}

/// A body without fields that can be used.
impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        let message = match error.kind() {
            BodyErrorKind::TooLarge => "Request body too large",
            BodyErrorKind::Unsupported => "Unsupported content type",
            _ => "Malformed request body",
        };
        Self::of((&error).into(), message)
    }
}

impl From<Unavailable> for Failure {
    fn from(error: Unavailable) -> Self {
        Self::of(error.into(), UNAVAILABLE)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let answer = reply::json(self.head.status(), failed(&self.message));
        self.head.write(answer).map(axum::body::Body::from)
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
