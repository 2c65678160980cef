//! The middleware that enforces a policy on whatever is inside.

use std::fmt;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, HttpMessage as _};
use auth_core::EndpointPolicy;
use auth_core::decision::{Handle, begin_layer};

use crate::head::Head;
use crate::render::render;

auth_core::__adapter_enforcer! {
    /// Enforces the policy `E` on services that are not functions: static files, whole scopes, web sockets.
    ///
    /// It goes inside an [`AuthMiddleware`](crate::AuthMiddleware), so wrap it first. Handlers inside that have policies of their
    /// own are decided by those as well; who was authenticated is not asked twice.
    ///
    /// ```
    /// use actix_web::web;
    /// use auth_actix::{RequireMiddleware, requires_auth};
    ///
    /// /// The files that members may see.
    /// #[requires_auth(bearer, role = "member")]
    /// struct MembersOnly;
    ///
    /// let files = web::scope("/files").wrap(RequireMiddleware::<MembersOnly>::new());
    /// ```
    RequireMiddleware
}

impl<E, S, B> Transform<S, ServiceRequest> for RequireMiddleware<E>
where
    E: EndpointPolicy,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = RequireService<E, S>;
    type InitError = ();
    type Future = Ready<Result<RequireService<E, S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(RequireService { inner: Rc::new(inner), policy: PhantomData }))
    }
}

/// The service that [`RequireMiddleware`] makes.
pub struct RequireService<E, S> {
    inner: Rc<S>,
    policy: PhantomData<fn() -> E>,
}

impl<E: EndpointPolicy, S: fmt::Debug> fmt::Debug for RequireService<E, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireService").field("policy", &E::ENDPOINT.name).field("inner", &self.inner).finish()
    }
}

impl<E, S, B> Service<ServiceRequest> for RequireService<E, S>
where
    E: EndpointPolicy,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let check = begin_layer(request.extensions().get::<Handle>(), &Head(request.request()), E::ENDPOINT);
        let inner = Rc::clone(&self.inner);
        Box::pin(async move {
            match check.await {
                Ok(_) => inner.call(request).await.map(ServiceResponse::map_into_left_body),
                Err(refusal) => Ok(request.into_response(render(refusal)).map_into_right_body()),
            }
        })
    }
}
