//! Answers that carry credentials or say something about them: no cache keeps one (RFC 6749 §5.1).

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, PRAGMA, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};

/// The media type of JSON.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An answer with a JSON body, which no cache keeps.
///
/// # Examples
///
/// ```
/// use auth_issuer::http::reply;
/// use http::StatusCode;
///
/// let answer = reply::json(StatusCode::OK, r#"{"status":"ok"}"#);
/// assert_eq!(answer.headers()["cache-control"], "no-store");
/// assert_eq!(answer.headers()["pragma"], "no-cache");
/// ```
#[must_use]
pub fn json(status: StatusCode, body: impl Into<String>) -> Response<Bytes> {
    let mut response = empty(status);
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    *response.body_mut() = Bytes::from(body.into());
    response
}

/// An answer without a body, which no cache keeps.
#[must_use]
pub fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    uncached(response)
}

/// The same answer, which no cache keeps, whatever it said of caches before.
#[must_use]
pub fn uncached<B>(mut response: Response<B>) -> Response<B> {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Adds a field, if its value can stand in one.
#[must_use]
pub fn with<B>(mut response: Response<B>, name: HeaderName, value: &str) -> Response<B> {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(name, value);
    }
    response
}

/// Says when to try again, in whole seconds, rounded up, at least one (RFC 9110 §10.2.3).
#[must_use]
pub fn retry_after<B>(response: Response<B>, wait: Duration) -> Response<B> {
    with(response, RETRY_AFTER, &seconds_to_wait(wait).to_string())
}

/// The answer to another method than `method`: 405 (RFC 9110 §15.5.6). `None` if it is that one.
#[must_use]
pub fn unless_method<B>(request: &Request<B>, method: &Method) -> Option<Response<Bytes>> {
    if request.method() == method {
        return None;
    }
    Some(with(empty(StatusCode::METHOD_NOT_ALLOWED), ALLOW, method.as_str()))
}

fn seconds_to_wait(wait: Duration) -> u64 {
    let rounded_up = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
    rounded_up.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_as_long_as_told_has_waited_long_enough() {
        for (millis, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (59_999, 60)] {
            assert_eq!(seconds_to_wait(Duration::from_millis(millis)), seconds, "{millis}");
        }
    }

    #[test]
    fn another_method_is_told_which_one_is_allowed() {
        let request = Request::head("/token").body(()).expect("a request");
        let answer = unless_method(&request, &Method::POST).expect("another method");
        assert_eq!((answer.status().as_u16(), answer.headers()[ALLOW].as_bytes()), (405, b"POST".as_slice()));
        assert!(unless_method(&request, &Method::HEAD).is_none());
    }
}
