//! JSON in and out, in exactly the demo's form: salvo's own `Json` adds a charset, and its reader tells clients about
//! its parser.

use std::fmt::Debug;
use std::sync::LazyLock;

use demo::items::{BadBody, MAX_BODY, NewItem};
use salvo::extract::Metadata;
use salvo::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use salvo::http::{HeaderValue, ParseError, StatusCode};
use salvo::{Depot, Extractible, Request, Response, Scribe, Writer};
use serde::Serialize;

/// An answer in JSON.
pub(crate) struct CompactJson<T>(pub(crate) T);

impl<T: Serialize + Send> Scribe for CompactJson<T> {
    fn render(self, response: &mut Response) {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.render(salvo::writing::Json(self.0));
    }
}

/// A body that is a new item in JSON, at most 16 KiB long.
pub(crate) struct NewItemBody(pub(crate) NewItem);

impl<'ex> Extractible<'ex> for NewItemBody {
    fn metadata() -> &'static Metadata {
        static METADATA: LazyLock<Metadata> = LazyLock::new(|| Metadata::new("NewItemBody"));
        &METADATA
    }

    async fn extract(
        request: &'ex mut Request,
        _: &'ex mut Depot,
    ) -> Result<Self, impl Writer + Send + Debug + 'static> {
        BadBody::check_type(request.headers().get_all(CONTENT_TYPE).iter().map(HeaderValue::as_bytes))?;
        let bytes = request.payload_with_max_size(MAX_BODY).await.map_err(|error| match error {
            ParseError::PayloadTooLarge => BadBody::TooLong,
            _ => BadBody::Malformed,
        })?;
        Ok::<_, BodyRefused>(Self(NewItem::from_json(bytes)?))
    }
}

/// What is answered to a body that is not taken.
#[derive(Debug)]
struct BodyRefused(BadBody);

impl From<BadBody> for BodyRefused {
    fn from(why: BadBody) -> Self {
        Self(why)
    }
}

impl Scribe for BodyRefused {
    fn render(self, response: &mut Response) {
        response.status_code(StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::BAD_REQUEST));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.0 != BadBody::Malformed {
            // Some of the body is unread, so the connection is of no further use.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response.render(self.0.problem());
    }
}
