//! What handlers name: the principal and the refusal.

use std::fmt;

use auth_core::decision::{self, current};
use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response, ResponseParts, Result};

use crate::head::{handle, head};

auth_core::__adapter_types!();

impl<'a, P: Send + Sync + 'static> FromRequest<'a> for Auth<P> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let (handle, head) = (handle(request), head(request));
        let user = current(handle, &head).await.map_err(Refusal)?;
        user.map(Self).ok_or_else(|| Guest(decision::Guest::instead_of::<P>(handle, &head)).into())
    }
}

/// A guest where a principal is asked for. Extractors are not told whether they stand in an `Option`.
#[derive(Debug)]
struct Guest(decision::Guest);

impl fmt::Display for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Guest {}

impl ResponseError for Guest {
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn as_response(&self) -> Response {
        render(self.0.refusal())
    }
}

impl ResponseError for Refusal {
    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn as_response(&self) -> Response {
        render(self.0.clone())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        render(self.0)
    }
}

fn render(refusal: auth_core::Refusal) -> Response {
    let (head, body) = auth_tower::render::<poem::Body>(refusal).into_parts();
    let (status, version, headers) = (head.status, head.version, head.headers);
    Response::from_parts(ResponseParts { status, version, headers, extensions: head.extensions }, body)
}
