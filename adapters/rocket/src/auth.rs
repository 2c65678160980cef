//! What handlers name: the principal and the refusal.

use auth_core::decision::current;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::response::{self, Responder};
use rocket::{Ignite, Request, Rocket, Sentinel};

use crate::fairing::must_abort;
use crate::head::Head;
use crate::local::{refuse, slot};
use crate::render::render;

auth_core::__adapter_types!();

/// Why a handler gets no principal. Rocket logs it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NoPrincipal {
    /// The policy is `optional`, and this is a guest: take `Option<Auth<P>>`.
    Guest,
    /// The request is refused, or the program is put together wrongly.
    Refused(Refusal),
}

#[rocket::async_trait]
impl<'r, P: Send + Sync + 'static> FromRequest<'r> for Auth<P> {
    type Error = NoPrincipal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, NoPrincipal> {
        let handle = slot(request).handle.clone();
        match current(handle.as_ref(), &Head(request)).await {
            Ok(Some(user)) => Outcome::Success(Self(user)),
            // Nobody tells a guard whether it stands in an `Option`, which makes `None` of any error: there a guest is
            // right, so this leaves no refusal behind.
            Ok(None) => Outcome::Error((Status::InternalServerError, NoPrincipal::Guest)),
            Err(refusal) => refuse(request, refusal).map_error(|(status, error)| (status, NoPrincipal::Refused(error))),
        }
    }
}

/// Without a realm no handler that asks for a principal can be launched.
impl<P> Sentinel for Auth<P> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        must_abort(rocket)
    }
}

impl<'r> Responder<'r, 'static> for Refusal {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        slot(request).is_rendered = true;
        Ok(render(self.0))
    }
}
