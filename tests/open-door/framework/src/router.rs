//! Routes, and what goes around them.

use std::fmt;
use std::sync::Arc;

use crate::extract::{Answer, Handler};
use crate::message::{Request, Response};

/// Something around routes: it sees each request before its handler, and each answer after it.
pub trait Wrap: Send + Sync + 'static {
    /// Before the handler.
    fn before(&self, request: &mut Request);

    /// After the handler.
    fn after(&self, request: &Request, response: &mut Response);
}

trait Callable: Send + Sync {
    fn call<'r>(&'r self, request: &'r mut Request) -> Answer<'r>;
}

struct Called<H, A>(H, std::marker::PhantomData<fn() -> A>);

impl<A: 'static, H: Handler<A>> Callable for Called<H, A> {
    fn call<'r>(&'r self, request: &'r mut Request) -> Answer<'r> {
        self.0.call(request)
    }
}

#[derive(Clone)]
struct Route {
    method: &'static str,
    path: &'static str,
    handler: Arc<dyn Callable>,
    /// Innermost first.
    wraps: Vec<Arc<dyn Wrap>>,
}

/// Routes. A path serves what begins with it; the longest wins.
#[derive(Clone, Default)]
pub struct Router {
    routes: Vec<Route>,
}

impl Router {
    /// Adds a route; the method `*` is any.
    #[must_use]
    pub fn route<A: 'static>(mut self, method: &'static str, path: &'static str, handler: impl Handler<A>) -> Self {
        let handler = Arc::new(Called(handler, std::marker::PhantomData));
        self.routes.push(Route { method, path, handler, wraps: Vec::new() });
        self
    }

    /// Puts something around all routes so far.
    #[must_use]
    pub fn wrap(mut self, wrap: impl Wrap) -> Self {
        let wrap: Arc<dyn Wrap> = Arc::new(wrap);
        self.routes.iter_mut().for_each(|route| route.wraps.push(Arc::clone(&wrap)));
        self
    }

    /// Adds the routes of another.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        self
    }

    pub(crate) async fn answer(&self, request: &mut Request) -> Response {
        let fits = |route: &&Route| {
            let method = request.method.as_str();
            let is_method =
                route.method == "*" || route.method == method || (route.method == "GET" && method == "HEAD");
            is_method && rest_of(&request.path, route.path).is_some()
        };
        let Some(route) = self.routes.iter().filter(fits).max_by_key(|route| route.path.len()) else {
            return Response::new(404, "");
        };
        rest_of(&request.path, route.path).unwrap_or_default().clone_into(&mut request.rest);
        route.wraps.iter().rev().for_each(|wrap| wrap.before(request));
        let mut response = route.handler.call(request).await;
        route.wraps.iter().for_each(|wrap| wrap.after(request, &mut response));
        response
    }
}

/// What follows `route` in `path`, without its slash.
fn rest_of<'p>(path: &'p str, route: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(route)?;
    if rest.is_empty() || route.ends_with('/') { Some(rest) } else { rest.strip_prefix('/') }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.routes.iter().map(|route| (route.method, route.path))).finish()
    }
}
