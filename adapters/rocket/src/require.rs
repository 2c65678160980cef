//! The guard that the attribute adds to a handler, and the same around handlers that are not functions.

use std::marker::PhantomData;

use auth_core::EndpointPolicy;
use auth_core::decision::{begin, begin_layer};
use rocket::request::{FromRequest, Outcome};
use rocket::route::{self, Handler};
use rocket::{Data, Ignite, Request, Rocket, Route, Sentinel};

use crate::auth::Refusal;
use crate::fairing::must_abort;
use crate::head::Head;
use crate::local::{refuse, slot};

auth_core::__adapter_require!();

#[rocket::async_trait]
impl<'r, E: EndpointPolicy> FromRequest<'r> for Require<E> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let handle = slot(request).handle.clone();
        match begin(handle.as_ref(), &Head(request), E::ENDPOINT).await {
            Ok(_) => Outcome::Success(Self::decided()),
            Err(refusal) => refuse(request, refusal),
        }
    }
}

/// Without a realm no guarded handler can be launched.
impl<E: EndpointPolicy> Sentinel for Require<E> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        E::ENDPOINT.policy.public.is_none() && must_abort(rocket)
    }
}

/// Enforces the policy `E` on routes whose handlers are not functions: static files, foreign handlers.
///
/// Handlers inside that have policies of their own are decided by those as well; who was authenticated is not asked
/// twice.
///
/// ```
/// use auth_rocket::{require, requires_auth};
/// use rocket::fs::FileServer;
///
/// /// The files that members may see.
/// #[requires_auth(bearer, role = "member")]
/// struct MembersOnly;
///
/// # fn mount(rocket: rocket::Rocket<rocket::Build>) -> rocket::Rocket<rocket::Build> {
/// rocket.mount("/files", require::<MembersOnly>(FileServer::from("files")))
/// # }
/// ```
pub fn require<E: EndpointPolicy>(routes: impl Into<Vec<Route>>) -> Vec<Route> {
    let guarded = |mut route: Route| {
        route.handler = Box::new(Guarded::<E> { inner: route.handler, policy: PhantomData });
        // The name by which the fairing finds the policy in the catalogue.
        route.name = Some(E::ENDPOINT.name.into());
        route
    };
    routes.into().into_iter().map(guarded).collect()
}

/// A handler behind a policy.
struct Guarded<E> {
    inner: Box<dyn Handler>,
    policy: PhantomData<fn() -> E>,
}

impl<E> Clone for Guarded<E> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), policy: PhantomData }
    }
}

#[rocket::async_trait]
impl<E: EndpointPolicy> Handler for Guarded<E> {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        let handle = slot(request).handle.clone();
        match begin_layer(handle.as_ref(), &Head(request), E::ENDPOINT).await {
            Ok(_) => self.inner.handle(request, data).await,
            Err(refusal) => match refuse::<()>(request, refusal) {
                Outcome::Error((status, _)) => route::Outcome::Error(status),
                // `refuse` does nothing else.
                _ => route::Outcome::Error(rocket::http::Status::InternalServerError),
            },
        }
    }
}
