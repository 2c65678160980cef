//! JSON in and out, in exactly the demo's form: poem's own `Json` adds a charset, and tells clients about its parser.

use demo::items::{BadBody, MAX_BODY, NewItem};
use poem::error::ReadBodyError;
use poem::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use poem::http::{HeaderValue, StatusCode};
use poem::{Error, FromRequest, IntoResponse, Request, RequestBody, Response, Result};
use serde::Serialize;

/// An answer in JSON.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize + Send> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        poem::web::Json(self.0).with_content_type("application/json").into_response()
    }
}

/// A body that is a new item in JSON, at most 16 KiB long.
pub(crate) struct NewItemBody(pub(crate) NewItem);

impl<'a> FromRequest<'a> for NewItemBody {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let types = request.headers().get_all(CONTENT_TYPE).iter().map(HeaderValue::as_bytes);
        BadBody::check_type(types).map_err(refused)?;
        let bytes = match body.take()?.into_bytes_limit(MAX_BODY).await {
            Ok(bytes) => bytes,
            Err(ReadBodyError::PayloadTooLarge) => return Err(refused(BadBody::TooLong)),
            Err(_) => return Err(refused(BadBody::Malformed)),
        };
        NewItem::from_json(&bytes).map(Self).map_err(refused)
    }
}

/// What is answered to a body that is not taken.
fn refused(why: BadBody) -> Error {
    let mut response = Response::builder()
        .status(StatusCode::from_u16(why.status()).unwrap_or(StatusCode::BAD_REQUEST))
        .header(CONTENT_TYPE, "application/problem+json")
        .header(CACHE_CONTROL, "no-store")
        .body(why.problem());
    if why != BadBody::Malformed {
        // Some of the body is unread, so the connection is of no further use.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Error::from_response(response)
}
