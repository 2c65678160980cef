//! The layer that puts a realm into each request.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use auth_core::AnyRealm;
use auth_core::decision::{FindPeer, Handle, SuccessHeaders, Verdicts};
use http::header::{CACHE_CONTROL, Entry, HeaderMap, HeaderValue, REFERRER_POLICY, VARY};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::head::KeptHead;
use crate::render::is_refusal;

/// Puts a realm into each request, for the policies of the endpoints inside.
///
/// It decides nothing and never refuses. A layer inside another adds its realm and replaces none: policies name
/// theirs with `realm = ".."`, or mean the innermost. Mount it outside of the router's routes and inside of trace
/// and CORS layers.
///
/// On the way back it adds what caches have to know: `Cache-Control: private` where a credential came outside of
/// `Authorization` and the handler said nothing, `Vary` for optional endpoints.
#[derive(Clone, Debug)]
pub struct AuthLayer {
    realm: AnyRealm,
    keeps_head: bool,
    find_peer: Option<FindPeer>,
}

impl AuthLayer {
    /// A layer of that realm.
    #[must_use]
    pub fn new(realm: impl Into<AnyRealm>) -> Self {
        Self { realm: realm.into(), keeps_head: false, find_peer: None }
    }

    /// Puts a [`KeptHead`] beside the realm, for an adapter whose guards see no whole request.
    #[must_use]
    pub fn keeping_head(self) -> Self {
        Self { keeps_head: true, ..self }
    }

    /// For an adapter of a framework that leaves the other end of the connection under a name of its own among the
    /// extensions of a request: `find_peer` looks for it there, wherever there is no [`Peer`](crate::Peer). What it gets
    /// are the [`Extensions`](http::Extensions).
    #[must_use]
    pub fn finding_peer(self, find_peer: FindPeer) -> Self {
        Self { find_peer: Some(find_peer), ..self }
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = AuthService<S>;

    fn layer(&self, inner: S) -> AuthService<S> {
        AuthService { inner, realm: self.realm.clone(), keeps_head: self.keeps_head, find_peer: self.find_peer }
    }
}

/// The service that [`AuthLayer`] makes.
#[derive(Clone, Debug)]
pub struct AuthService<S> {
    inner: S,
    realm: AnyRealm,
    keeps_head: bool,
    find_peer: Option<FindPeer>,
}

impl<S, B, R> Service<Request<B>> for AuthService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = AuthFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let outermost = self.enter(&mut request);
        AuthFuture { outermost, inner: self.inner.call(request) }
    }
}

impl<S> AuthService<S> {
    /// Puts the realm into the request. The outermost layer gets where the verdicts are going to be.
    fn enter<B>(&self, request: &mut Request<B>) -> Option<Verdicts> {
        let handle = Handle::new(self.realm.clone()).finding_peer(self.find_peer);
        let verdicts = handle.verdicts();
        let outer = request.extensions_mut().insert(handle);
        let is_outermost = outer.is_none();
        if let Some(outer) = outer {
            let nested = outer.nested(self.realm.clone()).finding_peer(self.find_peer);
            request.extensions_mut().insert(nested);
        }
        // An outer layer has seen the head as it arrived.
        if self.keeps_head && request.extensions().get::<KeptHead>().is_none() {
            let head = KeptHead::of(request);
            request.extensions_mut().insert(head);
        }
        is_outermost.then_some(verdicts)
    }
}

pin_project! {
    /// The future of [`AuthService`].
    #[derive(Debug)]
    pub struct AuthFuture<F> {
        // Only the outermost layer looks at the answer.
        outermost: Option<Verdicts>,
        #[pin]
        inner: F,
    }
}

impl<F, R, E> Future for AuthFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // Changed where it lies: an answer is large.
        let mut polled = this.inner.poll(cx);
        if let Poll::Ready(result) = &mut polled
            && let Some(said) = this.outermost.take().and_then(Verdicts::into_success_headers)
            && let Ok(response) = result
            && !is_refusal(response.extensions())
        {
            write(&said, response.headers_mut());
        }
        polled
    }
}

/// Adds what caches have to know to the header fields of an answer that was let through.
///
/// [`AuthLayer`] does it by itself; this is for layers of frameworks that have layers of their own.
pub fn inform_caches(handle: &Handle, headers: &mut HeaderMap) {
    write(&handle.success_headers(), headers);
}

fn write(said: &SuccessHeaders, headers: &mut HeaderMap) {
    match headers.entry(CACHE_CONTROL) {
        Entry::Vacant(field) => {
            if let Some(value) = said.cache_control(false) {
                field.insert(HeaderValue::from_static(value));
            }
        }
        Entry::Occupied(mut field) => {
            if let Some(value) = said.cache_control(true) {
                field.insert(HeaderValue::from_static(value));
            }
        }
    }
    if let Some(value) = said.referrer_policy() {
        headers.insert(REFERRER_POLICY, HeaderValue::from_static(value));
    }
    // The core writes names of fields only.
    for value in said.vary().filter_map(|line| HeaderValue::from_str(line).ok()) {
        headers.append(VARY, value);
    }
}
