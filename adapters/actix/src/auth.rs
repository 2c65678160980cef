//! What handlers name: the principal and the refusal.

use std::fmt;
use std::pin::Pin;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, Responder, ResponseError};
use auth_core::decision::{self, Handle, current};

use crate::head::Head;
use crate::render::render;

auth_core::__adapter_types!();

impl<P: Send + Sync + 'static> FromRequest for Auth<P> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (extensions, head) = (request.extensions(), Head(request));
        let handle = extensions.get::<Handle>();
        let (current, guest) = (current(handle, &head), decision::Guest::instead_of::<P>(handle, &head));
        Box::pin(async move {
            let user = current.await.map_err(Refusal)?;
            user.map(Self).ok_or_else(|| Guest(guest).into())
        })
    }
}

impl ResponseError for Refusal {
    fn error_response(&self) -> HttpResponse {
        render(self.0.clone())
    }
}

impl Responder for Refusal {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        render(self.0)
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

impl ResponseError for Guest {
    fn error_response(&self) -> HttpResponse {
        render(self.0.refusal())
    }
}
