//! The routes of the conformance suite on poem.

use std::collections::BTreeMap;

use auth_poem::{Auth, AuthMiddleware, Refusal, not_found, public, requires_auth};
use auth_test::conformance::{Fixture, Group, User};
use auth_test::{for_each_route, route_handler};
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::web::Path;
use poem::{EndpointExt as _, IntoResponse, Response, Route, RouteMethod, handler};

/// How a handler takes the whole body.
type Bytes = Vec<u8>;

macro_rules! define {
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)] #[handler]]
            async fn route(Path(number): Path<u64>) -> String {
                number.to_string()
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)] #[handler]]
            async fn route(user: Auth<User>) -> Response {
                format!("{} {}", user.id, Auth::scheme(&user))
                    .with_header("cache-control", "max-age=60")
                    .into_response()
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, $tokens:tt) => {
        route_handler! { [#[handler]] [] $name $kind $list }
    };
}

for_each_route!(define);

/// Where the handlers of one path are, by group.
type Paths = BTreeMap<&'static str, (Group, RouteMethod)>;

fn add(paths: &mut Paths, path: &'static str, group: Group, add: impl FnOnce(RouteMethod) -> RouteMethod) {
    let (known, methods) = paths.remove(path).unwrap_or((group, RouteMethod::new()));
    assert_eq!(known, group, "{path} stands under two groups");
    paths.insert(path, (group, add(methods)));
}

macro_rules! mount {
    ($name:ident, $method:ident, $path:literal, $group:ident, number, $list:tt, ($paths:ident)) => {
        add(&mut $paths, concat!($path, "/:number"), Group::$group, |methods| {
            methods.method(Method::$method, $name::route)
        });
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($paths:ident)) => {
        add(&mut $paths, $path, Group::$group, |methods| methods.method(Method::$method, $name::route));
    };
}

/// The whole service.
pub(crate) fn app(fixture: &Fixture) -> Route {
    let mut paths = Paths::new();
    for_each_route!(mount, (paths));
    paths
        .into_iter()
        .fold(Route::new(), |app, (path, (group, methods))| {
            let inside_out = fixture.realms(group).into_iter().rev();
            let endpoint: BoxEndpoint<'static> =
                inside_out.fold(methods.boxed(), |endpoint, realm| endpoint.with(AuthMiddleware::new(realm)).boxed());
            app.at(path, endpoint)
        })
        .at("/*path", not_found(fixture.main()))
}
