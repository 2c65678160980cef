//! Answers and bodies.

use bytes::Bytes;
use demo::items::{BadBody, MAX_BODY, NewItem};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use serde::Serialize;

/// Every answer is there as a whole.
pub(crate) type Answer = Response<Full<Bytes>>;

fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    with(answer, CONTENT_TYPE, content_type)
}

fn with(mut answer: Answer, name: HeaderName, value: &'static str) -> Answer {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
    answer
}

pub(crate) fn text(text: &'static str) -> Answer {
    answer(StatusCode::OK, "text/plain; charset=utf-8", text)
}

pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Answer {
    match serde_json::to_vec(value) {
        Ok(bytes) => answer(status, "application/json", bytes),
        Err(error) => {
            tracing::error!(cause = %error, "an answer could not be written");
            answer(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", Bytes::new())
        }
    }
}

pub(crate) fn method_not_allowed(allowed: &'static str) -> Answer {
    let problem = r#"{"type":"about:blank","title":"Method Not Allowed","status":405}"#;
    with(answer(StatusCode::METHOD_NOT_ALLOWED, "application/problem+json", problem), ALLOW, allowed)
}

pub(crate) fn bad_body(why: BadBody) -> Answer {
    let status = StatusCode::from_u16(why.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let refused = with(answer(status, "application/problem+json", why.problem()), CACHE_CONTROL, "no-store");
    match why {
        BadBody::Malformed => refused,
        // Some of the body stays unread, so the connection is of no further use.
        BadBody::NotJson | BadBody::TooLong => with(refused, CONNECTION, "close"),
    }
}

/// Reads the new item of a request.
pub(crate) async fn new_item(request: Request<Incoming>) -> Result<NewItem, BadBody> {
    BadBody::check_type(request.headers().get_all(CONTENT_TYPE).iter().map(HeaderValue::as_bytes))?;
    // A length that was announced needs no reading.
    if request.body().size_hint().lower() > u64::try_from(MAX_BODY).unwrap_or(u64::MAX) {
        return Err(BadBody::TooLong);
    }
    let body = Limited::new(request.into_body(), MAX_BODY).collect().await;
    let body =
        body.map_err(|error| if error.is::<LengthLimitError>() { BadBody::TooLong } else { BadBody::Malformed })?;
    NewItem::from_json(&body.to_bytes())
}
