//! The routes of the suite on warp: a filter for each group of realms.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use auth_test::conformance::{Fixture, Group, User};
use auth_test::{for_each_route, route_handler};
use auth_warp::{Auth, AuthLayer, Refusal, auth, guest, not_found, public, recover, require, requires_auth};
use bytes::Bytes;
use http::{Method, Request};
use hyper::body::Incoming;
use tower::util::BoxCloneSyncService;
use tower::{Layer as _, Service, ServiceExt as _};
use warp::filters::BoxedFilter;
use warp::reply::Response;
use warp::{Filter as _, Reply};

macro_rules! define {
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)]]
            async fn route(number: u64) -> String {
                number.to_string()
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)]]
            async fn route(user: Auth<User>) -> impl Reply {
                warp::reply::with_header(format!("{} {}", user.id, Auth::scheme(&user)), "cache-control", "max-age=60")
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, $tokens:tt) => {
        route_handler! { [] [] $name $kind $list }
    };
}

for_each_route!(define);

/// Passes requests of that method; `HEAD` is a `GET` without its body.
fn on(method: Method) -> BoxedFilter<()> {
    let fits = move |got: Method| {
        let fits = got == method || (method == Method::GET && got == Method::HEAD);
        async move { if fits { Ok(()) } else { Err(warp::reject::not_found()) } }
    };
    warp::method().and_then(fits).untuple_one().boxed()
}

/// Passes requests whose path begins so.
fn under(path: &'static str) -> BoxedFilter<()> {
    path.split('/').skip(1).fold(warp::any().boxed(), |filter, segment| filter.and(warp::path(segment)).boxed())
}

/// What stands between the path and the handler.
macro_rules! arguments {
    (party) => {
        require().and(auth())
    };
    (guest) => {
        require().and(guest())
    };
    (plain) => {
        require()
    };
    (body) => {
        require().and(warp::body::bytes())
    };
    (cached) => {
        require().and(auth())
    };
    (ensure) => {
        require().and(auth())
    };
    (ensure_scope) => {
        require().and(auth())
    };
    (stranger) => {
        require().and(auth())
    };
    (bare) => {
        auth()
    };
    (public) => {
        require()
    };
    (public_party) => {
        require().and(auth())
    };
    (public_body) => {
        require().and(warp::body::bytes())
    };
}

macro_rules! mount {
    ($name:ident, $method:ident, $path:literal, $group:ident, number, $list:tt, ($groups:ident)) => {
        let filter = under($path).and(on(Method::$method)).and(require());
        let filter = filter.and(warp::path::param()).and(warp::path::end()).then($name::route);
        add($groups.entry(Group::$group).or_default(), $path, filter.map(Reply::into_response).boxed());
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($groups:ident)) => {
        let filter =
            under($path).and(warp::path::end()).and(on(Method::$method)).and(arguments!($kind)).then($name::route);
        add($groups.entry(Group::$group).or_default(), $path, filter.map(Reply::into_response).boxed());
    };
}

/// The routes of a group, and the paths that begin with one of them.
#[derive(Default)]
struct Routes {
    paths: Vec<&'static str>,
    filter: Option<BoxedFilter<(Response,)>>,
}

fn add(routes: &mut Routes, path: &'static str, filter: BoxedFilter<(Response,)>) {
    routes.paths.push(path);
    routes.filter = Some(match routes.filter.take() {
        Some(others) => others.or(filter).unify().boxed(),
        None => filter,
    });
}

type Erased = BoxCloneSyncService<Request<Incoming>, Response, Infallible>;

/// The whole service.
#[derive(Clone)]
pub struct App {
    groups: Vec<(Vec<&'static str>, Erased)>,
    unknown: Erased,
}

impl App {
    pub fn new(fixture: &Fixture) -> Self {
        let mut groups: BTreeMap<Group, Routes> = BTreeMap::new();
        for_each_route!(mount, (groups));
        let unknown = not_found(fixture.main());
        let groups = groups
            .into_iter()
            .map(|(group, routes)| {
                let filter = routes.filter.expect("a route").recover(recover).or(unknown.clone());
                let mut service: Erased = BoxCloneSyncService::new(warp::service(filter));
                for realm in fixture.realms(group).into_iter().rev() {
                    service = BoxCloneSyncService::new(AuthLayer::new(realm).layer(service));
                }
                (routes.paths, service)
            })
            .collect();
        let unknown = AuthLayer::new(fixture.main().clone()).layer(warp::service(unknown));
        Self { groups, unknown: BoxCloneSyncService::new(unknown) }
    }
}

impl Service<Request<Incoming>> for App {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let path = request.uri().path();
        let serves =
            |known: &&str| path.strip_prefix(*known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let group = self.groups.iter().find(|(paths, _)| paths.iter().any(serves));
        let service = group.map_or(&self.unknown, |(_, service)| service).clone();
        Box::pin(service.oneshot(request))
    }
}
