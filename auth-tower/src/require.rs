//! The layer that enforces a policy on a whole service.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::EndpointPolicy;
use auth_core::decision::{Check, Handle, begin_layer};
use bytes::Bytes;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::head::HttpHead;

auth_core::__adapter_enforcer! {
    /// Enforces the policy `E` on services that are not functions: static files, foreign routers, proxies.
    ///
    /// It goes inside an [`AuthLayer`](crate::AuthLayer). Handlers inside that have policies of their own are decided
    /// by those as well; who was authenticated is not asked twice.
    ///
    /// ```
    /// use auth_tower::{RequireLayer, requires_auth};
    ///
    /// /// The files that members may see.
    /// #[requires_auth(bearer, role = "member")]
    /// struct MembersOnly;
    ///
    /// let layer = RequireLayer::<MembersOnly>::new();
    /// ```
    RequireLayer
}

impl<E: EndpointPolicy, S> Layer<S> for RequireLayer<E> {
    type Service = RequireService<E, S>;

    fn layer(&self, inner: S) -> RequireService<E, S> {
        RequireService { inner, policy: PhantomData }
    }
}

/// The service that [`RequireLayer`] makes.
pub struct RequireService<E, S> {
    inner: S,
    policy: PhantomData<fn() -> E>,
}

impl<E, S: Clone> Clone for RequireService<E, S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), policy: PhantomData }
    }
}

impl<E: EndpointPolicy, S: fmt::Debug> fmt::Debug for RequireService<E, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireService").field("policy", &E::ENDPOINT.name).field("inner", &self.inner).finish()
    }
}

impl<E, S, B, R> Service<Request<B>> for RequireService<E, S>
where
    E: EndpointPolicy,
    S: Service<Request<B>, Response = Response<R>> + Clone,
    R: From<Bytes>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = RequireFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let handle = request.extensions().get::<Handle>();
        let check = begin_layer(handle, &HttpHead::of_request(&request), E::ENDPOINT);
        // `poll_ready` reserved `self.inner`, so it must serve this call; the clone waits its turn.
        let clone = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, clone);
        RequireFuture { state: State::Deciding { check, then: Some((ready, request)) } }
    }
}

pin_project! {
    /// The future of [`RequireService`].
    pub struct RequireFuture<S, B>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        state: State<S, B, S::Future>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, B, F> {
        Deciding { check: Check, then: Option<(S, Request<B>)> },
        Serving { #[pin] inner: F },
    }
}

impl<S, B> fmt::Debug for RequireFuture<S, B>
where
    S: Service<Request<B>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequireFuture(..)")
    }
}

impl<S, B, R> Future for RequireFuture<S, B>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: From<Bytes>,
{
    type Output = Result<Response<R>, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let inner = match self.as_mut().project().state.project() {
                StateProjection::Serving { inner } => return inner.poll(cx),
                StateProjection::Deciding { check, then } => match (ready!(Pin::new(check).poll(cx)), then.take()) {
                    (Err(refusal), _) => return Poll::Ready(Ok(crate::render(refusal))),
                    (Ok(_), Some((mut service, request))) => service.call(request),
                    // Polled again after it was ready: there is no second answer.
                    (Ok(_), None) => return Poll::Pending,
                },
            };
            self.as_mut().project().state.set(State::Serving { inner });
        }
    }
}
