//! Every mounted handler is annotated, or left out for a reason.

use std::collections::BTreeSet;

use auth_core::catalogue::{self, catalogue};
use rocket::{Phase, Rocket, Route};

use crate::realms::Realms;

/// The routes without an attribute that somebody takes responsibility for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unchecked(Vec<catalogue::Route>);

impl Unchecked {
    pub(crate) fn add(&mut self, uri: &str, reason: &'static str) {
        self.0.push(catalogue::Route::unchecked("*", uri, reason));
    }

    pub(crate) fn contains(&self, route: &Route) -> bool {
        self.0.iter().any(|unchecked| route.uri == *unchecked.path.as_str())
    }

    /// Tells the operator the reasons; what is wrong with them, one line each.
    pub(crate) fn report(&self) -> Vec<String> {
        self.0
            .iter()
            .filter_map(|unchecked| unchecked.report_unchecked().err())
            .map(|error| error.to_string())
            .collect()
    }
}

/// What the operator has to be told before the application starts, one line each.
pub(crate) fn complaints<P: Phase>(rocket: &Rocket<P>, realms: &Realms, unchecked: &Unchecked) -> Vec<String> {
    let routes: Vec<&Route> = rocket.routes().collect();
    let catalogue = catalogue();
    let annotated: BTreeSet<&str> = catalogue.endpoints().map(|endpoint| endpoint.name).collect();
    // Rocket names a route after its handler, as written.
    let name_of = |route: &Route| route.name.as_deref().map(|name| name.trim_start_matches("r#").to_owned());
    let is_annotated = |route: &Route| name_of(route).is_some_and(|name| annotated.contains(name.as_str()));

    let bare = routes.iter().filter(|route| !is_annotated(route) && !unchecked.contains(route)).map(|route| {
        let name = name_of(route).unwrap_or_else(|| "a handler without a name".to_owned());
        format!(
            "{} {} ({name}) has neither `#[requires_auth(..)]` nor `#[public(reason = \"..\")]`; add one of them, or `.route_unchecked({:?}, \"<the reason>\")` to the fairing",
            route.method,
            route.uri,
            route.uri.as_str(),
        )
    });
    let uris = unchecked.0.iter().map(|unchecked| unchecked.path.as_str());
    let stale = uris.filter(|uri| !routes.iter().any(|route| route.uri == **uri));
    let stale =
        stale.map(|uri| format!("`.route_unchecked({uri:?}, ..)` names no mounted route; write it as Rocket lists it"));
    let unused = realms
        .unused(&routes)
        .map(|base| format!("`.at({base:?}, ..)`: nothing is mounted there; write the base that is given to `mount`"));
    bare.chain(stale).chain(unused).collect()
}
