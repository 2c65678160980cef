//! A filter for request bodies: items in JSON, of bounded size.
//!
//! warp's own `body::json` takes bodies without a length not at all, and arrays for structs.

use demo::items::{BadBody, MAX_BODY, NewItem};
use tokio_stream::{Stream, StreamExt as _};
use warp::http::header::CONTENT_TYPE;
use warp::http::{HeaderMap, HeaderValue, StatusCode};
use warp::reject::Reject;
use warp::reply::{Reply as _, Response, with_header, with_status};
use warp::{Buf, Filter, Rejection};

/// Why there is no item in a body.
#[derive(Debug)]
pub(crate) struct NotAnItem(BadBody);

impl Reject for NotAnItem {}

impl From<BadBody> for NotAnItem {
    fn from(why: BadBody) -> Self {
        Self(why)
    }
}

/// Yields the new item of a request.
pub(crate) fn new_item() -> impl Filter<Extract = (NewItem,), Error = Rejection> + Copy {
    let head = warp::header::headers_cloned().and_then(|headers| async move { check(&headers) }).untuple_one();
    head.and(warp::body::stream()).and_then(read)
}

fn check(headers: &HeaderMap) -> Result<(), Rejection> {
    BadBody::check_type(headers.get_all(CONTENT_TYPE).iter().map(HeaderValue::as_bytes)).map_err(NotAnItem)?;
    // A length that was announced needs no reading.
    let announced = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0);
    if announced > MAX_BODY { Err(NotAnItem(BadBody::TooLong).into()) } else { Ok(()) }
}

async fn read(body: impl Stream<Item = Result<impl Buf, warp::Error>>) -> Result<NewItem, Rejection> {
    let mut body = std::pin::pin!(body);
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let mut chunk = chunk.map_err(|_quotes_nothing| NotAnItem(BadBody::Malformed))?;
        if bytes.len().saturating_add(chunk.remaining()) > MAX_BODY {
            return Err(NotAnItem(BadBody::TooLong).into());
        }
        while chunk.has_remaining() {
            let part = chunk.chunk();
            let length = part.len();
            bytes.extend_from_slice(part);
            chunk.advance(length);
        }
    }
    Ok(NewItem::from_json(&bytes).map_err(NotAnItem)?)
}

impl NotAnItem {
    /// The answer, in the form that the service's refusals have.
    pub(crate) fn reply(&self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let reply = with_header(with_status(self.0.problem(), status), CONTENT_TYPE, "application/problem+json");
        let reply = with_header(reply, "cache-control", "no-store");
        match self.0 {
            BadBody::Malformed => reply.into_response(),
            // Some of the body stays unread, so the connection is of no further use.
            BadBody::NotJson | BadBody::TooLong => with_header(reply, "connection", "close").into_response(),
        }
    }
}
