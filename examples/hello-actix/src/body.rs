//! Request bodies: items in JSON, of bounded size, and plain answers to everything else.
//!
//! actix-web's own `Json` tells the client about the parser, and reads structs from arrays.

use std::fmt;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError};
use demo::items::{BadBody, NewItem};

/// A body that is a new item in JSON, as long as the application's `PayloadConfig` permits.
pub(crate) struct ItemBody(pub(crate) NewItem);

/// What is answered to a body that is not taken.
#[derive(Debug)]
pub(crate) struct BodyRefused(BadBody);

impl FromRequest for ItemBody {
    type Error = BodyRefused;
    type Future = Pin<Box<dyn Future<Output = Result<Self, BodyRefused>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = BadBody::check_type(request.headers().get_all(CONTENT_TYPE).map(HeaderValue::as_bytes));
        let body = kind.map(|()| Bytes::from_request(request, payload));
        Box::pin(async move {
            let bytes = body?.await.map_err(|error| match error.as_response_error().status_code() {
                StatusCode::PAYLOAD_TOO_LARGE => BadBody::TooLong,
                _ => BadBody::Malformed,
            })?;
            Ok(Self(NewItem::from_json(&bytes)?))
        })
    }
}

impl From<BadBody> for BodyRefused {
    fn from(why: BadBody) -> Self {
        Self(why)
    }
}

impl fmt::Display for BodyRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the body is not taken: {:?}", self.0)
    }
}

impl ResponseError for BodyRefused {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::BAD_REQUEST)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((CONTENT_TYPE, "application/problem+json")).insert_header((CACHE_CONTROL, "no-store"));
        if self.0 != BadBody::Malformed {
            // Some of the body may be unread, so the connection is of no further use.
            response.force_close();
        }
        response.body(self.0.problem())
    }
}
