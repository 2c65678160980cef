//! What handlers name: the principal and the refusal.

use std::fmt;
use std::pin::Pin;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, Responder, ResponseError};
use auth_core::decision::{Handle, current, no_principal_later};

use crate::head::Head;
use crate::render::render;

auth_core::__adapter_types!();

impl<P: Send + Sync + 'static> FromRequest for Auth<P> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let current = current(extensions.get::<Handle>(), &Head(request));
        let refuse_guest = no_principal_later::<P>(extensions.get::<Handle>(), &Head(request));
        Box::pin(async move {
            let user = current.await.map_err(Refusal)?;
            user.map(Self).ok_or_else(|| Guest(Box::new(refuse_guest)).into())
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

/// A guest where a principal is asked for.
///
/// Extractors are not told whether they stand in an `Option`, which makes `None` of any error: there a guest is
/// right. Without an `Option` this becomes the answer, and only then is the mistake told.
struct Guest(Box<dyn Fn() -> auth_core::Refusal>);

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

impl ResponseError for Guest {
    fn error_response(&self) -> HttpResponse {
        render((self.0)())
    }
}
