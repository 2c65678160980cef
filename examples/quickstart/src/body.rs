//! Request bodies: JSON objects of bounded size, and plain answers to everything else.
//!
//! axum's own `Json` reads other media types too, tells the client about the parser, and reads structs from arrays.

use axum::body::{Bytes, HttpBody as _};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

/// The longest body, in bytes.
const MAX_LEN: usize = 16 * 1024;

/// A body that is a JSON object of the form of `T`, at most 16 KiB long.
pub(crate) struct JsonBody<T>(pub(crate) T);

/// Why a body is not taken, in the form that the service's refusals have (RFC 9457).
pub(crate) enum BadBody {
    /// No JSON object, or not one of the right form: 400.
    Malformed,
    /// More than 16 KiB: 413.
    TooLong,
    /// Another content type, or none: 415.
    NotJson {
        /// Whether there is a body, which stays unread.
        has_body: bool,
    },
}

impl<T, S> FromRequest<S> for JsonBody<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = BadBody;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, BadBody> {
        if !is_json(request.headers()) {
            return Err(BadBody::NotJson { has_body: !request.body().is_end_stream() });
        }
        // A length that was announced needs no reading.
        if request.body().size_hint().lower() > u64::try_from(MAX_LEN).unwrap_or(u64::MAX) {
            return Err(BadBody::TooLong);
        }
        DefaultBodyLimit::max(MAX_LEN).apply(&mut request);
        let bytes = Bytes::from_request(request, state).await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => BadBody::TooLong,
            _ => BadBody::Malformed,
        })?;
        // serde takes an array for a struct; a client that sends one is mistaken.
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(BadBody::Malformed);
        }
        // Not the cause: it would quote the body.
        serde_json::from_slice(&bytes).map(Self).or(Err(BadBody::Malformed))
    }
}

/// Whether the one content type is `application/json`, whatever its parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let essence = value.to_str().ok().and_then(|text| text.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

impl IntoResponse for BadBody {
    fn into_response(self) -> Response {
        let (status, body, leaves_body_unread) = match self {
            Self::Malformed => {
                (StatusCode::BAD_REQUEST, r#"{"type":"about:blank","title":"Bad Request","status":400}"#, false)
            }
            Self::TooLong => (
                StatusCode::PAYLOAD_TOO_LARGE,
                r#"{"type":"about:blank","title":"Content Too Large","status":413}"#,
                true,
            ),
            Self::NotJson { has_body } => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                r#"{"type":"about:blank","title":"Unsupported Media Type","status":415}"#,
                has_body,
            ),
        };
        let headers = [(CONTENT_TYPE, "application/problem+json"), (CACHE_CONTROL, "no-store")];
        let mut response = (status, headers, body).into_response();
        if leaves_body_unread {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
