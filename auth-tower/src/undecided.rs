//! The detector of handlers that decide nothing.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::decision::{Handle, Watch};
use bytes::Bytes;
use http::header::ALLOW;
use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::head::HttpHead;
use crate::layer::{AuthLayer, AuthService};
use crate::render::is_refusal;

/// An [`AuthLayer`] that withholds the answers of handlers that decided nothing; see
/// [`AuthLayer::deny_undecided`].
#[derive(Clone, Debug)]
pub struct DenyUndecidedLayer {
    auth: AuthLayer,
}

impl AuthLayer {
    /// Also withholds answers that nobody decided about: 500 goes out instead, and an `error!` says where.
    ///
    /// A handler without an attribute has no policy, so nothing was decided when its answer comes. This finds it in
    /// tests and in production, in any framework; it prevents nothing.
    ///
    /// Without a decision pass only 404 and 405, which routers answer where no handler ran; of those only the status
    /// and `Allow` go out, since a handler may have written the rest. A page of your own for unknown paths is a
    /// handler: write `#[public(reason = "unknown path")]` above it. No method is exempt: a CORS layer, which answers
    /// `OPTIONS` by itself, goes outside.
    ///
    /// # Security
    ///
    /// The handler **has run**. What it did, it did for anybody; only its answer is kept back. What lies around this
    /// layer answers without it. To be certain before the first request, mount with a router that takes annotated
    /// handlers only, such as `auth_axum::Router`.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_tower::{AuthLayer, Realm, public};
    /// use bytes::Bytes;
    /// use http::{Request, Response};
    /// use tower::{Layer as _, ServiceExt as _};
    /// # use auth_core::credential::BearerToken;
    /// # use auth_core::{Attempt, Reason, Verified, Verifier, VerifyError};
    /// # struct Tokens;
    /// # impl Verifier<BearerToken> for Tokens {
    /// #     type Value = ();
    /// #     async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
    /// #         Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
    /// #     }
    /// # }
    /// # type Body = http_body_util::Full<Bytes>;
    ///
    /// async fn forgotten(_: Request<Body>) -> Response<Body> {
    ///     Response::new(Body::from("every row of the table"))
    /// }
    ///
    /// #[public(reason = "health check")]
    /// async fn health(_request: Request<Body>) -> Response<Body> {
    ///     Response::new(Body::from("ok"))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let realm = Realm::<()>::builder("demo").bearer(Tokens).build()?;
    /// let service = AuthLayer::new(realm).deny_undecided().layer(tower::service_fn(|request: Request<Body>| async {
    ///     Ok::<_, std::convert::Infallible>(match request.uri().path() {
    ///         "/health" => health(request).await,
    ///         _ => forgotten(request).await,
    ///     })
    /// }));
    /// let status = async |path: &str| {
    ///     let request = Request::get(path).body(Body::default()).unwrap();
    ///     service.clone().oneshot(request).await.unwrap().status().as_u16()
    /// };
    /// assert_eq!(status("/health").await, 200);
    /// assert_eq!(status("/rows").await, 500);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn deny_undecided(self) -> DenyUndecidedLayer {
        DenyUndecidedLayer { auth: self }
    }
}

impl<S> Layer<S> for DenyUndecidedLayer {
    type Service = AuthService<DenyUndecided<S>>;

    fn layer(&self, inner: S) -> Self::Service {
        self.auth.layer(DenyUndecided { inner })
    }
}

/// The service that [`DenyUndecidedLayer`] puts inside of [`AuthService`].
#[derive(Clone, Debug)]
pub struct DenyUndecided<S> {
    inner: S,
}

impl<S, B, R> Service<Request<B>> for DenyUndecided<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: From<Bytes>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = UndecidedFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let handle = request.extensions().get::<Handle>();
        let watch = handle.map(|handle| Watch::new(handle, &HttpHead::of_request(&request)));
        UndecidedFuture { inner: self.inner.call(request), watch }
    }
}

pin_project! {
    /// The future of [`DenyUndecided`].
    #[derive(Debug)]
    pub struct UndecidedFuture<F> {
        #[pin]
        inner: F,
        // Always there: the layer outside put a handle into the request.
        watch: Option<Watch>,
    }
}

impl<F, R, E> Future for UndecidedFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: From<Bytes>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.inner.poll(cx))?;
        Poll::Ready(Ok(match this.watch.take() {
            Some(watch) => let_pass(response, &watch),
            None => response,
        }))
    }
}

/// The answer, if a policy was decided; what a router says by itself; or 500.
fn let_pass<R: From<Bytes>>(response: Response<R>, watch: &Watch) -> Response<R> {
    // A refusal is a decision too, though it leaves no verdict.
    if watch.is_decided() || is_refusal(response.extensions()) {
        return response;
    }
    let status = response.status();
    if !matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
        return crate::render(watch.withhold());
    }
    let mut bare = Response::new(R::from(Bytes::new()));
    *bare.status_mut() = status;
    *bare.version_mut() = response.version();
    for allowed in response.headers().get_all(ALLOW) {
        bare.headers_mut().append(ALLOW, allowed.clone());
    }
    bare
}
