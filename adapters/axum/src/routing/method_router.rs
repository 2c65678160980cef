//! The handlers of one path.

use std::convert::Infallible;
use std::fmt;

use auth_core::catalogue::{Guard, Route as Recorded};
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{self, MethodFilter, Route};
use tower_layer::Layer;
use tower_service::Service;

use super::annotated::Annotated;
use super::checked::CheckedHandlers;

/// The handlers of one path, by method: axum's, for annotated handlers only.
///
/// # Examples
///
/// ```
/// use auth_axum::{MethodRouter, Router, get, public, requires_auth};
///
/// #[public(reason = "everybody may read")]
/// async fn show() -> &'static str {
///     "a note"
/// }
///
/// #[requires_auth(bearer, scope = "notes:write")]
/// async fn store(note: String) -> String {
///     note
/// }
///
/// let handlers: MethodRouter = get(show).post(store);
/// let app: Router = Router::new().route("/note", handlers);
/// assert_eq!(app.routes().len(), 2);
/// ```
#[must_use]
pub struct MethodRouter<S = ()> {
    inner: routing::MethodRouter<S>,
    mounted: Vec<Mounted>,
}

/// One handler and the method that reaches it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mounted {
    method: &'static str,
    guard: Guard,
}

impl Mounted {
    /// The route on record, once the path is known.
    pub(super) fn at(self, path: &str) -> Recorded {
        match self.guard {
            Guard::Endpoint(endpoint) => Recorded::new(self.method, path, endpoint),
            Guard::Unchecked(reason) => Recorded::unchecked(self.method, path, reason),
        }
    }
}

impl<S> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// No handler yet.
    pub fn new() -> Self {
        Self { inner: routing::MethodRouter::new(), mounted: Vec::new() }
    }

    /// Mounts a handler for the methods of a filter.
    ///
    /// # Panics
    ///
    /// If one of the methods has a handler, as axum's.
    pub fn on<H, T>(mut self, filter: MethodFilter, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Annotated + 'static,
    {
        self.mounted.extend(each_of(filter, Guard::Endpoint(T::ENDPOINT)));
        Self { inner: self.inner.on(filter, handler), mounted: self.mounted }
    }

    /// Mounts a service that is not a handler for the methods of a filter, and says why nothing guards it, or what does.
    ///
    /// # Panics
    ///
    /// If one of the methods has a handler, as axum's.
    #[doc(alias = "on_service")]
    #[doc(alias = "get_service")]
    #[doc(alias = "post_service")]
    #[doc(alias = "put_service")]
    #[doc(alias = "patch_service")]
    #[doc(alias = "delete_service")]
    #[doc(alias = "head_service")]
    #[doc(alias = "options_service")]
    #[doc(alias = "trace_service")]
    pub fn on_service_unchecked<T>(mut self, filter: MethodFilter, service: T, reason: &'static str) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse + 'static,
        T::Future: Send + 'static,
    {
        self.mounted.extend(each_of(filter, Guard::Unchecked(reason)));
        Self { inner: self.inner.on_service(filter, service), mounted: self.mounted }
    }

    /// Mounts a handler for all methods that have none, in place of the one that was there.
    pub fn fallback<H, T>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Annotated + 'static,
    {
        self.without_fallback().mount::<T>("*", |inner| inner.fallback(handler))
    }

    /// Mounts a service that is not a handler for all methods that have none, in place of the one that was there, and says
    /// why nothing guards it, or what does.
    #[doc(alias = "fallback_service")]
    pub fn fallback_service_unchecked<T>(self, service: T, reason: &'static str) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse + 'static,
        T::Future: Send + 'static,
    {
        let Self { inner, mut mounted } = self.without_fallback();
        mounted.push(Mounted { method: "*", guard: Guard::Unchecked(reason) });
        Self { inner: inner.fallback_service(service), mounted }
    }

    /// Joins two sets of handlers.
    ///
    /// # Panics
    ///
    /// If both have a handler for one method, as axum's.
    pub fn merge(mut self, other: impl CheckedHandlers<S>) -> Self {
        let other = other.into_checked();
        self.mounted.extend(other.mounted);
        Self { inner: self.inner.merge(other.inner), mounted: self.mounted }
    }

    /// Wraps the handlers in a layer.
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { inner: self.inner.layer(layer), mounted: self.mounted }
    }

    /// Wraps the handlers, but not the answer to other methods, in a layer.
    pub fn route_layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { inner: self.inner.route_layer(layer), mounted: self.mounted }
    }

    /// Gives the handlers their state.
    pub fn with_state<S2>(self, state: S) -> MethodRouter<S2> {
        MethodRouter { inner: self.inner.with_state(state), mounted: self.mounted }
    }

    pub(super) fn into_parts(self) -> (routing::MethodRouter<S>, Vec<Mounted>) {
        (self.inner, self.mounted)
    }

    /// Forgets the record of a fallback: axum keeps the last one, also in place of `any`'s.
    fn without_fallback(mut self) -> Self {
        self.mounted.retain(|mounted| mounted.method != "*");
        self
    }

    fn mount<T: Annotated>(
        mut self,
        method: &'static str,
        mount: impl FnOnce(routing::MethodRouter<S>) -> routing::MethodRouter<S>,
    ) -> Self {
        self.mounted.push(Mounted { method, guard: Guard::Endpoint(T::ENDPOINT) });
        Self { inner: mount(self.inner), mounted: self.mounted }
    }
}

/// axum's `any`: a handler for every method.
pub fn any<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Annotated + 'static,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::new().mount::<T>("*", |_| routing::any(handler))
}

/// axum's `on`: a handler for the methods of a filter.
pub fn on<H, T, S>(filter: MethodFilter, handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Annotated + 'static,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::new().on(filter, handler)
}

macro_rules! methods {
    ($($method:ident $name:literal;)*) => {
        $(
            #[doc = concat!("A handler for `", $name, "` requests; [`MethodRouter`] has an example.")]
            pub fn $method<H, T, S>(handler: H) -> MethodRouter<S>
            where
                H: Handler<T, S>,
                T: Annotated + 'static,
                S: Clone + Send + Sync + 'static,
            {
                MethodRouter::new().$method(handler)
            }
        )*

        impl<S> MethodRouter<S>
        where
            S: Clone + Send + Sync + 'static,
        {
            $(
                #[doc = concat!("Mounts a handler for `", $name, "` requests.")]
                pub fn $method<H, T>(self, handler: H) -> Self
                where
                    H: Handler<T, S>,
                    T: Annotated + 'static,
                {
                    self.mount::<T>($name, |inner| inner.$method(handler))
                }
            )*
        }
    };
}

methods! {
    connect "CONNECT";
    delete "DELETE";
    get "GET";
    head "HEAD";
    options "OPTIONS";
    patch "PATCH";
    post "POST";
    put "PUT";
    trace "TRACE";
}

/// Every method that a filter may hold.
const METHODS: [(MethodFilter, &str); 9] = [
    (MethodFilter::CONNECT, "CONNECT"),
    (MethodFilter::DELETE, "DELETE"),
    (MethodFilter::GET, "GET"),
    (MethodFilter::HEAD, "HEAD"),
    (MethodFilter::OPTIONS, "OPTIONS"),
    (MethodFilter::PATCH, "PATCH"),
    (MethodFilter::POST, "POST"),
    (MethodFilter::PUT, "PUT"),
    (MethodFilter::TRACE, "TRACE"),
];

/// One record for each method of the filter.
fn each_of(filter: MethodFilter, guard: Guard) -> impl Iterator<Item = Mounted> {
    let is_one_of = move |one: MethodFilter| filter.or(one) == filter;
    METHODS.iter().filter(move |(one, _)| is_one_of(*one)).map(move |&(_, method)| Mounted { method, guard })
}

impl<S> Default for MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Clone for MethodRouter<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), mounted: self.mounted.clone() }
    }
}

impl<S> fmt::Debug for MethodRouter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodRouter").field("mounted", &self.mounted).finish_non_exhaustive()
    }
}
