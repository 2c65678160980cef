//! The proof of coverage: each route's handler has an attribute.

use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;

use auth_core::catalogue::{Route, catalogue};
use salvo::{Handler, Router};

use crate::not_found::NotFound;

/// Compares the handlers of a router, and of all routers below it, with the catalogue.
///
/// ```
/// use auth_salvo::{check_routes, public};
/// use salvo::prelude::*;
///
/// #[public(reason = "health check")]
/// #[handler]
/// async fn health() -> &'static str {
///     "ok"
/// }
///
/// #[handler]
/// async fn forgotten() -> &'static str {
///     "everybody's"
/// }
///
/// fn main() {
///     let router = Router::new().push(Router::with_path("health").get(health));
///     assert!(check_routes(&router).run().is_ok());
///
///     let router = router.push(Router::with_path("all").get(forgotten));
///     let error = check_routes(&router).run().unwrap_err().to_string();
///     assert!(error.contains("forgotten") && error.contains("all"), "{error}");
///     assert!(check_routes(&router).except(&forgotten, "a demonstration").run().is_ok());
/// }
/// ```
pub fn check_routes(router: &Router) -> RouteCheck<'_> {
    RouteCheck { router, exceptions: BTreeMap::new() }
}

/// A check that has not run yet.
#[derive(Debug)]
#[must_use = "nothing is checked until it runs"]
pub struct RouteCheck<'r> {
    router: &'r Router,
    /// Why they are none, by the handler's type.
    exceptions: BTreeMap<String, &'static str>,
}

impl RouteCheck<'_> {
    /// Leaves out handlers of the same type as `handler`, and says why they need no attribute.
    ///
    /// Needed for handlers whose type does not tell their attribute: those that were given hoops of their own by
    /// `.hoop(..)`, since hoops can be put on the router instead, and those that stand inside of a function.
    pub fn except(mut self, handler: &impl Handler, reason: &'static str) -> Self {
        self.exceptions.insert(Handler::type_name(handler).to_owned(), reason);
        self
    }

    /// Runs the check, and tells the operator what was left out and why. Hoops are not looked at.
    ///
    /// # Errors
    ///
    /// If a handler has neither `#[requires_auth(..)]` nor `#[public(..)]`, or was left out without a reason; the error
    /// lists all of them.
    pub fn run(self) -> Result<(), UncoveredRoutes> {
        let mut covered = BTreeSet::from([type_name::<NotFound>().to_owned()]);
        // salvo calls a handler by its type: that has the function's name, or is the type of its `impl` block.
        covered.extend(catalogue().endpoints().map(|endpoint| {
            let name = endpoint.name.strip_suffix("::handle").unwrap_or(endpoint.name);
            format!("{}::{name}", endpoint.module)
        }));
        let mut uncovered = Vec::new();
        visit(self.router, &mut Vec::new(), &mut |path, handler| {
            if covered.contains(handler) {
                return;
            }
            match self.exceptions.get(handler) {
                Some(reason) => {
                    let route = Route::unchecked("*", path.join(" "), reason);
                    uncovered.extend(route.report_unchecked().err().map(|error| error.to_string()));
                }
                None => uncovered.push(format!("{handler} at {}", path.join(" "))),
            }
        });
        if uncovered.is_empty() { Ok(()) } else { Err(UncoveredRoutes(uncovered)) }
    }
}

/// Calls `each` for every handler, with the filters that lead to it.
fn visit(router: &Router, path: &mut Vec<String>, each: &mut dyn FnMut(&[String], &str)) {
    let outside = path.len();
    path.extend(router.filters.iter().map(|filter| format!("{filter:?}")));
    if let Some(goal) = &router.goal {
        each(path, (**goal).type_name());
    }
    for inner in &router.routers {
        visit(inner, path, each);
    }
    path.truncate(outside);
}

/// Handlers that have neither `#[requires_auth(..)]` nor `#[public(..)]`, nor a reason to be left out.
#[derive(Clone, Debug)]
pub struct UncoveredRoutes(Vec<String>);

impl fmt::Display for UncoveredRoutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} handler(s) without `#[requires_auth(..)]` or `#[public(..)]`:", self.0.len())?;
        self.0.iter().try_for_each(|handler| write!(f, "\n  {handler}"))
    }
}

impl Error for UncoveredRoutes {}
