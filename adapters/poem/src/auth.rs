//! What handlers name: the principal and the refusal.

use std::fmt;

use auth_core::decision::{current, no_principal_later};
use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response, ResponseParts, Result};

use crate::head::{handle, head};

auth_core::__adapter_types!();

impl<'a, P: Send + Sync + 'static> FromRequest<'a> for Auth<P> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let current = current(handle(request), &head(request));
        match current.await.map_err(Refusal)? {
            Some(principal) => Ok(Self(principal)),
            None => Err(Guest(Box::new(no_principal_later::<P>(handle(request), &head(request)))).into()),
        }
    }
}

/// Why a guest has no principal: of no consequence inside of an `Option`, a mistake of the program elsewhere.
struct Guest(Box<dyn Fn() -> auth_core::Refusal + Send + Sync>);

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guest")
    }
}

impl fmt::Display for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a guest has no principal")
    }
}

impl std::error::Error for Guest {}

impl ResponseError for Guest {
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn as_response(&self) -> Response {
        render((self.0)())
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
