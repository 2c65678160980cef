//! Which realms stand around which routes.

use auth_core::AnyRealm;
use auth_core::decision::Handle;
use rocket::Route;

/// The realms of an application, outermost first. Rocket manages them for the guards.
#[derive(Clone, Debug, Default)]
pub(crate) struct Realms(Vec<Scope>);

#[derive(Clone, Debug)]
struct Scope {
    /// Without a slash at the end, so empty for all routes.
    base: String,
    realm: AnyRealm,
}

impl Realms {
    pub(crate) fn add(&mut self, base: &str, realm: AnyRealm) {
        self.0.push(Scope { base: base.trim_end_matches('/').to_owned(), realm });
    }

    /// The bases at which none of the routes is mounted.
    pub(crate) fn unused<'s>(&'s self, routes: &[&Route]) -> impl Iterator<Item = &'s str> {
        self.0
            .iter()
            .filter(|scope| !scope.base.is_empty() && !routes.iter().any(|route| scope.contains(route)))
            .map(|scope| scope.base.as_str())
    }

    /// A handle for a request that has reached the route; `None` if no realm stands around it.
    pub(crate) fn handle(&self, route: &Route) -> Option<Handle> {
        self.0
            .iter()
            .filter(|scope| scope.contains(route))
            .fold(None, |outer: Option<Handle>, scope| Some(Handle::within(outer.as_ref(), scope.realm.clone())))
    }
}

impl Scope {
    /// Whether the route is mounted at the base or below. What counts is the base of the route and not the path of a
    /// request, which can be written in many ways.
    fn contains(&self, route: &Route) -> bool {
        route.uri.base().strip_prefix(&self.base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
