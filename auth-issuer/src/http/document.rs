//! Documents that everybody may read.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};

use super::reply;

/// A public document that caches may keep.
pub(super) fn document(
    request: &Request<Bytes>,
    media_type: &'static str,
    max_age: Duration,
    write: impl FnOnce() -> String,
) -> Response<Bytes> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return reply::with(reply::empty(StatusCode::METHOD_NOT_ALLOWED), ALLOW, "GET, HEAD");
    }
    let mut response = Response::new(Bytes::from(write()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    reply::with(response, CACHE_CONTROL, &format!("public, max-age={}", max_age.as_secs()))
}
