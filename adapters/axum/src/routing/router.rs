//! The router that knows who may call each of its routes.

use std::convert::Infallible;
use std::fmt;
use std::task::{Context, Poll};

use auth_core::catalogue::Route;
use axum::extract::Request;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing;
use tower_layer::Layer;
use tower_service::Service;

use super::annotated::Annotated;
use super::checked::{CheckedHandlers, CheckedRoutes};

/// axum's router, for annotated handlers only, with a record of its routes.
///
/// ```compile_fail,E0277
/// use auth_axum::{Router, get};
///
/// async fn open_by_mistake() {}
///
/// let app: Router = Router::new().route("/", get(open_by_mistake));
/// ```
#[must_use]
pub struct Router<S = ()> {
    inner: routing::Router<S>,
    routes: Vec<Route>,
}

impl<S> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// A router without routes.
    pub fn new() -> Self {
        Self { inner: routing::Router::new(), routes: Vec::new() }
    }

    /// Mounts the handlers of a path.
    ///
    /// # Panics
    ///
    /// If the path is malformed or taken, as axum's.
    pub fn route(mut self, path: &str, handlers: impl CheckedHandlers<S>) -> Self {
        let (inner, mounted) = handlers.into_checked().into_parts();
        self.routes.extend(mounted.into_iter().map(|mounted| mounted.at(path)));
        Self { inner: self.inner.route(path, inner), routes: self.routes }
    }

    /// Mounts handlers that nobody has annotated, and says why.
    ///
    /// # Panics
    ///
    /// If the path is malformed or taken, as axum's.
    pub fn route_unchecked(self, path: &str, handlers: routing::MethodRouter<S>, reason: &'static str) -> Self {
        self.unchecked(path, reason, |inner| inner.route(path, handlers))
    }

    /// Mounts a service that is not a handler, and says why nothing guards it, or what does.
    ///
    /// # Panics
    ///
    /// If the path is malformed or taken, as axum's.
    #[doc(alias = "route_service")]
    pub fn route_service_unchecked<T>(self, path: &str, service: T, reason: &'static str) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        self.unchecked(path, reason, |inner| inner.route_service(path, service))
    }

    /// Mounts a service that is not a handler under a prefix, and says why nothing guards it, or what does.
    ///
    /// ```
    /// use auth_axum::catalogue::Guard;
    /// use auth_axum::{RequireLayer, Router, requires_auth};
    /// # let files = axum::Router::new();
    ///
    /// /// The files that members may see.
    /// #[requires_auth(bearer, role = "member")]
    /// struct MembersOnly;
    ///
    /// let files = tower::Layer::layer(&RequireLayer::<MembersOnly>::new(), files);
    /// let app: Router = Router::new().nest_service_unchecked("/files", files, "RequireLayer guards it");
    /// assert!(matches!(app.routes()[0].guard, Guard::Unchecked("RequireLayer guards it")));
    /// ```
    ///
    /// # Panics
    ///
    /// If the path is malformed or taken, as axum's.
    #[doc(alias = "nest_service")]
    pub fn nest_service_unchecked<T>(self, path: &str, service: T, reason: &'static str) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        self.unchecked(path, reason, |inner| inner.nest_service(path, service))
    }

    /// Mounts a router that is not ours under a prefix, and says why nothing guards it, or what does.
    ///
    /// # Panics
    ///
    /// If the prefix is malformed or taken, as axum's.
    pub fn nest_unchecked(self, path: &str, router: routing::Router<S>, reason: &'static str) -> Self {
        self.unchecked(path, reason, |inner| inner.nest(path, router))
    }

    /// Adds the routes of a router that is not ours, and says why nothing guards them, or what does.
    ///
    /// # Panics
    ///
    /// If a path is taken, as axum's.
    pub fn merge_unchecked(self, other: routing::Router<S>, reason: &'static str) -> Self {
        self.unchecked("*", reason, |inner| inner.merge(other))
    }

    /// Mounts a router under a prefix.
    ///
    /// # Panics
    ///
    /// If the prefix is malformed or taken, as axum's.
    pub fn nest(mut self, path: &str, router: impl CheckedRoutes<S>) -> Self {
        let router = router.into_checked();
        self.routes.extend(router.routes.into_iter().map(|mut route| {
            route.path = joined(path, &route.path);
            route
        }));
        Self { inner: self.inner.nest(path, router.inner), routes: self.routes }
    }

    /// Adds the routes of another router.
    ///
    /// # Panics
    ///
    /// If a path is taken, or both have a fallback, as axum's.
    pub fn merge(mut self, other: impl CheckedRoutes<S>) -> Self {
        let other = other.into_checked();
        self.routes.extend(other.routes);
        Self { inner: self.inner.merge(other.inner), routes: self.routes }
    }

    /// Answers requests that no route takes; see [`not_found`](crate::not_found).
    pub fn fallback<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Annotated + 'static,
    {
        self.routes.push(Route::new("*", "*", T::ENDPOINT));
        Self { inner: self.inner.fallback(handler), routes: self.routes }
    }

    /// Answers requests that no route takes by a service that is not a handler, and says why nothing guards it, or what
    /// does.
    #[doc(alias = "fallback_service")]
    pub fn fallback_service_unchecked<T>(self, service: T, reason: &'static str) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        self.unchecked("*", reason, |inner| inner.fallback_service(service))
    }

    /// Answers requests whose path is known and whose method is not, for the routes that are mounted so far.
    pub fn method_not_allowed_fallback<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Annotated + 'static,
    {
        self.routes.push(Route::new("*", "*", T::ENDPOINT));
        Self { inner: self.inner.method_not_allowed_fallback(handler), routes: self.routes }
    }

    /// Wraps everything that is mounted so far in a layer.
    ///
    /// A layer may answer by itself, and what it answers no policy of a handler has decided; the record of routes does
    /// not show it. [`AuthLayer::deny_undecided`](crate::AuthLayer::deny_undecided) around it finds that out.
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<routing::Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { inner: self.inner.layer(layer), routes: self.routes }
    }

    /// Wraps the routes, but not the fallback, in a layer.
    ///
    /// # Panics
    ///
    /// If there is no route yet, as axum's.
    pub fn route_layer<L>(self, layer: L) -> Self
    where
        L: Layer<routing::Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { inner: self.inner.route_layer(layer), routes: self.routes }
    }

    /// Gives the handlers their state.
    pub fn with_state<S2>(self, state: S) -> Router<S2> {
        Router { inner: self.inner.with_state(state), routes: self.routes }
    }

    /// Whether anything is mounted, fallbacks aside.
    #[must_use]
    pub fn has_routes(&self) -> bool {
        self.inner.has_routes()
    }

    /// Every route on record, in order of mounting. The catalogue shows them with their policies:
    ///
    /// ```
    /// use auth_axum::{Router, catalogue, get, public};
    ///
    /// #[public(reason = "health check")]
    /// async fn health() {}
    ///
    /// let app: Router = Router::new().route("/health", get(health));
    /// let table = catalogue().with_routes(app.routes()).to_string();
    /// assert!(table.starts_with("GET /health  "), "{table}");
    /// ```
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// axum's own router, to serve or to go on with where nothing is recorded any more.
    pub fn into_axum(self) -> routing::Router<S> {
        self.inner
    }

    fn unchecked(
        mut self,
        path: &str,
        reason: &'static str,
        mount: impl FnOnce(routing::Router<S>) -> routing::Router<S>,
    ) -> Self {
        self.routes.push(Route::unchecked("*", path, reason));
        Self { inner: mount(self.inner), routes: self.routes }
    }
}

impl Router {
    /// The service for `axum::serve`. Without the caller's address, limits on guessing count everybody as one: where
    /// a scheme can be guessed, take
    /// [`into_make_service_with_connect_info`](Self::into_make_service_with_connect_info).
    #[must_use]
    pub fn into_make_service(self) -> routing::IntoMakeService<routing::Router> {
        self.inner.into_make_service()
    }

    /// The service for `axum::serve` that tells handlers, and limits on guessing, where a connection comes from.
    ///
    /// `C` is [`SocketAddr`](std::net::SocketAddr) for TCP.
    #[must_use]
    pub fn into_make_service_with_connect_info<C>(self) -> IntoMakeServiceWithConnectInfo<routing::Router, C> {
        self.inner.into_make_service_with_connect_info()
    }
}

/// A path under a prefix, as axum joins them.
fn joined(prefix: &str, path: &str) -> String {
    match (prefix.strip_suffix('/'), path) {
        (Some(stem), path) => format!("{stem}/{}", path.trim_start_matches('/')),
        (None, "/") => prefix.to_owned(),
        (None, "*") => format!("{prefix}/*"),
        (None, path) => format!("{prefix}{path}"),
    }
}

impl<S> Default for Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self::new()
    }
}

impl<S> From<Router<S>> for routing::Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    fn from(router: Router<S>) -> Self {
        router.into_axum()
    }
}

/// Serves whatever axum's router serves: `axum::serve(listener, router)`, or one request of a test.
impl<T> Service<T> for Router
where
    routing::Router: Service<T>,
{
    type Response = <routing::Router as Service<T>>::Response;
    type Error = <routing::Router as Service<T>>::Error;
    type Future = <routing::Router as Service<T>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        <routing::Router as Service<T>>::poll_ready(&mut self.inner, cx)
    }

    fn call(&mut self, request: T) -> Self::Future {
        <routing::Router as Service<T>>::call(&mut self.inner, request)
    }
}

impl<S> Clone for Router<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), routes: self.routes.clone() }
    }
}

impl<S> fmt::Debug for Router<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router").field("routes", &self.routes).finish_non_exhaustive()
    }
}
