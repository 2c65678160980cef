//! Request bodies: items in JSON, of bounded size, and plain answers to everything else.
//!
//! axum's own `Json` reads other media types too, tells the client about the parser, and reads structs from arrays.

use axum::body::{Bytes, HttpBody as _};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use demo::items::{BadBody, MAX_BODY, NewItem};

/// A body that is a new item in JSON, at most 16 KiB long.
pub(crate) struct ItemBody(pub(crate) NewItem);

/// What is answered to a body that is not taken.
pub(crate) struct BodyRefused {
    why: BadBody,
    /// Whether some of the body stays unread, so that the connection is of no further use.
    closes: bool,
}

impl<S: Send + Sync> FromRequest<S> for ItemBody {
    type Rejection = BodyRefused;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, BodyRefused> {
        let types = request.headers().get_all(CONTENT_TYPE).iter().map(HeaderValue::as_bytes);
        if let Err(why) = BadBody::check_type(types) {
            return Err(BodyRefused { why, closes: !request.body().is_end_stream() });
        }
        // A length that was announced needs no reading.
        if request.body().size_hint().lower() > u64::try_from(MAX_BODY).unwrap_or(u64::MAX) {
            return Err(BadBody::TooLong.into());
        }
        DefaultBodyLimit::max(MAX_BODY).apply(&mut request);
        let bytes = Bytes::from_request(request, state).await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => BadBody::TooLong,
            _ => BadBody::Malformed,
        })?;
        Ok(Self(NewItem::from_json(&bytes)?))
    }
}

impl From<BadBody> for BodyRefused {
    fn from(why: BadBody) -> Self {
        Self { why, closes: why == BadBody::TooLong }
    }
}

impl IntoResponse for BodyRefused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.why.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let headers = [(CONTENT_TYPE, "application/problem+json"), (CACHE_CONTROL, "no-store")];
        let mut response = (status, headers, self.why.problem()).into_response();
        if self.closes {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
