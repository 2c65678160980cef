//! `ActionConfirmation`, the envelope of `/api/sys/users`: what came of a request.

use std::time::Duration;

use auth_issuer::Unavailable;
use auth_issuer::http::{BodyErrorKind, MAX_BODY, collect, reply};
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use systems::nexudus::token;
use systems::{FailureHead, has_two_authorizations};

/// What is wrong with one field. Neither it nor its place in the answer quotes the value.
#[derive(Debug)]
pub(crate) struct FieldError {
    pub(crate) property: &'static str,
    pub(crate) message: String,
}

/// Why a request does not succeed.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// An answer in another shape.
    Answer(Box<http::Response<Bytes>>),
    /// 400, and what is wrong with which field.
    Bad(&'static str, Vec<FieldError>),
    /// A failure with a text and nothing more.
    Failed(FailureHead, &'static str),
}

impl Refusal {
    /// An answer in another shape.
    pub(crate) fn answer(answer: http::Response<Bytes>) -> Self {
        Self::Answer(Box::new(answer))
    }

    /// 400 for a field that is missing or of a wrong type.
    pub(crate) fn needs(property: &'static str) -> Self {
        let message = format!("{property} is missing, or is not what it has to be.");
        Self::Bad("A field is missing.", vec![FieldError { property, message }])
    }

    /// 429.
    pub(crate) fn throttled(retry_after: Duration) -> Self {
        Self::Failed(FailureHead::throttled(retry_after), "Too many mails. Try again later.")
    }

    fn render(self) -> http::Response<Bytes> {
        match self {
            Self::Answer(answer) => *answer,
            Self::Bad(message, errors) => render(StatusCode::BAD_REQUEST, None, Some(message), &errors),
            Self::Failed(head, message) => {
                let answer = render(head.status(), None, Some(message), &[]);
                head.write(answer)
            }
        }
    }
}

impl From<Unavailable> for Refusal {
    fn from(error: Unavailable) -> Self {
        Self::Failed(error.into(), "Try again later.")
    }
}

/// Reads the whole of a request that needs no credentials.
pub(crate) async fn read(request: Request, method: &Method) -> Result<http::Request<Bytes>, Refusal> {
    if let Some(answer) = reply::unless_method(&request, method) {
        return Err(Refusal::answer(answer));
    }
    if has_two_authorizations(request.headers()) {
        return Err(Refusal::Bad("There is more than one Authorization.", Vec::new()));
    }
    collect(request, MAX_BODY).await.map_err(|error| match error.kind() {
        BodyErrorKind::TooLarge => Refusal::answer(FailureHead::from(&error).write(reply::empty(error.status()))),
        _ => Refusal::Bad("The body cannot be read.", Vec::new()),
    })
}

/// 200, with what the client goes on with.
pub(crate) fn done(value: Option<&str>) -> http::Response<Bytes> {
    render(StatusCode::OK, value, None, &[])
}

/// The answer of a handler.
pub(crate) fn respond(outcome: Result<http::Response<Bytes>, Refusal>) -> Response {
    outcome.unwrap_or_else(Refusal::render).map(Body::from)
}

fn render(
    status: StatusCode,
    value: Option<&str>,
    message: Option<&str>,
    errors: &[FieldError],
) -> http::Response<Bytes> {
    let shown = |error: &FieldError| json!({ "AttemptedValue": null, "Message": error.message, "PropertyName": error.property });
    let errors = match errors {
        [] => Value::Null,
        errors => errors.iter().map(shown).collect(),
    };
    let body = json!({
        "WasSuccessful": status.is_success(),
        "Value": value,
        "Status": status.as_u16(),
        "Message": message,
        "Errors": errors,
    });
    token::json(status, &body)
}
