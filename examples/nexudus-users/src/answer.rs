//! The vendor's envelope, around what succeeds and what fails.
//!
//! ```json
//! {"Status": 500, "Message": "The email address or password you entered is not valid.", "WasSuccessful": false}
//! ```
//!
//! Wrong credentials are HTTP 200 with `Status` 500: clients decide by `WasSuccessful`, by `Status` or by whether there is
//! a `Value`, and some read the envelope on 2xx only.

use std::time::Duration;

use auth_axum::{Body, RefusalKind, RefusalView, Renderer};
use auth_issuer::Unavailable;
use auth_issuer::http::{BodyError, BodyErrorKind, reply};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use systems::FailureHead;

use crate::pages::{self, Notice};

/// The media type of JSON.
const JSON: &str = "application/json; charset=utf-8";

/// The documented text of wrong credentials.
pub(crate) const WRONG_CREDENTIALS: &str = "The email address or password you entered is not valid.";
/// The text of a body that cannot be read.
const NOT_JSON: &str = "The request body is not valid JSON.";
const OK: &str = "OK";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope<'a> {
    status: u16,
    message: &'a str,
    /// Absent in failures, `null` in successes without a value.
    #[serde(skip_serializing_if = "Value::is_absent")]
    value: Value<'a>,
    was_successful: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Absent,
    Null,
    Text(&'a str),
}

impl Value<'_> {
    fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl Envelope<'_> {
    fn text(&self) -> String {
        // Texts and numbers can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A success with a value, or with none.
pub(crate) fn success(value: Option<&str>) -> Response {
    let envelope =
        Envelope { status: 200, message: OK, value: value.map_or(Value::Null, Value::Text), was_successful: true };
    write(StatusCode::OK, envelope.text())
}

/// A success that has something to say instead of a value.
pub(crate) fn said(message: &str) -> Response {
    write(StatusCode::OK, Envelope { status: 200, message, value: Value::Absent, was_successful: true }.text())
}

/// Wrong credentials, and whatever has to look like them.
pub(crate) fn wrong_credentials() -> Response {
    write(StatusCode::OK, failure(500, WRONG_CREDENTIALS))
}

/// JSON of another form than the envelope.
pub(crate) fn json(body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(text) => write(StatusCode::OK, text),
        Err(error) => {
            tracing::error!(cause = %error, "an answer could not be written");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error.").into_response()
        }
    }
}

/// The text of a failure's envelope.
pub(crate) fn failure(status: u16, message: &str) -> String {
    Envelope { status, message, value: Value::Absent, was_successful: false }.text()
}

pub(crate) fn write(status: StatusCode, text: String) -> Response {
    let mut answer = reply::json(status, text).map(axum::body::Body::from);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    answer
}

/// A failure, as a handler says it. `Status` is the status of the answer.
#[derive(Debug)]
pub(crate) struct Problem {
    head: FailureHead,
    message: &'static str,
    /// What a person is told, instead of the envelope.
    notice: Option<Notice>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, message: &'static str) -> Self {
        Self::of(FailureHead::new(status), message)
    }

    fn of(head: FailureHead, message: &'static str) -> Self {
        Self { head, message, notice: None }
    }

    pub(crate) fn bad_request(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found.")
    }

    pub(crate) fn unauthorized(challenge: &'static str) -> Self {
        Self::of(FailureHead::new(StatusCode::UNAUTHORIZED).with_challenge(challenge), "Unauthorized")
    }

    pub(crate) fn throttled(retry_after: Duration) -> Self {
        Self::of(FailureHead::throttled(retry_after), "Too many attempts. Please try again later.")
    }

    /// Tells a person the same in a page, if it is a person that asks.
    pub(crate) fn shown_to(self, is_person: bool, notice: Notice) -> Self {
        Self { notice: is_person.then_some(notice), ..self }
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        Self::of(error.into(), "Service unavailable. Please try again later.")
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        let message = match error.kind() {
            BodyErrorKind::TooLarge => "The request body is too large.",
            BodyErrorKind::Unsupported => "The content type of the request is not supported.",
            _ => NOT_JSON,
        };
        Self::of((&error).into(), message)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.head.status();
        self.head.write(match &self.notice {
            Some(notice) => pages::notice(status, notice),
            None => write(status, failure(status.as_u16(), self.message)),
        })
    }
}

/// Writes what the framework refuses of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Enveloped;

impl Renderer for Enveloped {
    fn render(&self, refusal: &RefusalView<'_>) -> Body {
        Body::new(JSON, failure(refusal.status, message_of(refusal.kind)).into_bytes())
    }
}

pub(crate) fn message_of(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::NoCredentials
        | RefusalKind::InvalidCredentials
        | RefusalKind::InsufficientScope
        | RefusalKind::InsufficientAuthentication => "Unauthorized",
        RefusalKind::Forbidden => "Forbidden",
        RefusalKind::AmbiguousCredentials => "The request has more than one credential.",
        RefusalKind::NotFound => "Not found.",
        RefusalKind::Throttled => "Too many attempts. Please try again later.",
        RefusalKind::Unavailable => "Service unavailable. Please try again later.",
        RefusalKind::Misconfigured => "Internal server error.",
    }
}
