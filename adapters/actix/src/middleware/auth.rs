//! The middleware that puts a realm into each request.

use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue};
use actix_web::{Error, HttpMessage as _};
use auth_core::decision::{Handle, Watch};
use pin_project_lite::pin_project;

use crate::head::Head;
use crate::render::{Refused, render};

auth_core::__adapter_installer! {
    /// Puts a realm into each request, for the policies of the handlers inside:
    /// `App::new().wrap(AuthMiddleware::new(realm))`,
    /// or around a scope or resource.
    ///
    /// It decides nothing and never refuses. One inside another adds its realm and replaces none: policies name
    /// theirs with `realm = ".."`, or mean the innermost. actix-web runs the middleware that was wrapped last first, so
    /// wrap trace and CORS after it.
    ///
    /// On the way back it adds what caches have to know: `Cache-Control: private` where a credential came outside of
    /// `Authorization` and the handler said nothing, `Vary` for optional endpoints.
    AuthMiddleware,

    /// Withholds the answers of handlers that have no attribute: 500, and an error in the log.
    ///
    /// A detector and no guard: what the handler has done is done. Empty answers of status 404 and 405 pass, which is
    /// what actix-web says where no handler runs. [`get`](crate::get) and its siblings find the mistake when the
    /// program is compiled; this is for route macros and for services that are not functions.
    deny_undecided
}

impl<S, B> Transform<S, ServiceRequest> for AuthMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = AuthService<S>;
    type InitError = ();
    type Future = Ready<Result<AuthService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(AuthService { inner, middleware: self.clone() }))
    }
}

/// The service that [`AuthMiddleware`] makes.
#[derive(Debug)]
pub struct AuthService<S> {
    inner: S,
    middleware: AuthMiddleware,
}

impl<S, B> Service<ServiceRequest> for AuthService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = AuthFuture<S::Future>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let AuthMiddleware { realm, denies_undecided } = self.middleware.clone();
        let outer = request.extensions().get::<Handle>().cloned();
        let is_outermost = outer.is_none();
        let handle = Handle::within(outer.as_ref(), realm);
        request.extensions_mut().insert(handle.clone());
        AuthFuture { inner: self.inner.call(request), handle, is_outermost, denies_undecided }
    }
}

pin_project! {
    /// The future of [`AuthService`].
    #[derive(Debug)]
    pub struct AuthFuture<F> {
        #[pin]
        inner: F,
        handle: Handle,
        is_outermost: bool,
        denies_undecided: bool,
    }
}

impl<F, B> Future for AuthFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(cx))?;
        if response.response().extensions().get::<Refused>().is_some() {
            return Poll::Ready(Ok(response.map_into_left_body()));
        }
        let is_denied = *this.denies_undecided && !this.handle.has_verdict() && says_something(&response);
        let undecided = || Watch::new(this.handle, &Head(response.request())).withhold();
        let withheld = this.handle.withheld().or_else(|| is_denied.then(undecided));
        if let Some(refusal) = withheld {
            return Poll::Ready(Ok(response.into_response(render(refusal)).map_into_right_body()));
        }
        if *this.is_outermost {
            inform_caches(this.handle, response.headers_mut());
        }
        Poll::Ready(Ok(response.map_into_left_body()))
    }
}

/// Whether there is anything to withhold: where no handler runs, actix-web answers 404 or 405, and nothing else.
fn says_something<B: MessageBody>(response: &ServiceResponse<B>) -> bool {
    let is_empty = matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0));
    !(is_empty && matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED))
}

fn inform_caches(handle: &Handle, headers: &mut HeaderMap) {
    for field in handle.success_headers().fields(headers.contains_key(CACHE_CONTROL)) {
        let Ok(value) = HeaderValue::from_str(field.value) else { continue };
        let name = HeaderName::from_static(field.name);
        if field.is_added {
            headers.append(name, value);
        } else {
            headers.insert(name, value);
        }
    }
}
