//! The routes of the suite on the made-up framework.

use std::collections::BTreeMap;

use auth_test::conformance::{Fixture, Group, User};
use auth_test::{for_each_route, route_handler};
use auth_tiny_web::{Auth, Install, Refusal, not_found, public, requires_auth};
use tiny_web::{Bytes, Response, Rest, Router};

macro_rules! define {
    ($name:ident, $method:ident, $path:literal, $group:ident, body, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth(crate = auth_tiny_web, $($list)*)]]
            async fn route(Bytes(body): Bytes) -> String {
                body.len().to_string()
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth(crate = auth_tiny_web, $($list)*)]]
            async fn route(Rest(number): Rest) -> String {
                number.to_string()
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth(crate = auth_tiny_web, $($list)*)]]
            async fn route(user: Auth<User>) -> Response {
                Response::new(200, format!("{} {}", user.id, Auth::scheme(&user)))
                    .with_header("cache-control", "max-age=60")
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_body, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[public(crate = auth_tiny_web, $($list)*)]]
            async fn route(Bytes(body): Bytes) -> String {
                body.len().to_string()
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, $tokens:tt) => {
        route_handler! { [] [crate = auth_tiny_web,] $name $kind $list }
    };
}

for_each_route!(define);

macro_rules! mount {
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($routers:ident)) => {
        let router: Router = $routers.remove(&Group::$group).unwrap_or_default();
        $routers.insert(Group::$group, router.route(stringify!($method), $path, $name::route));
    };
}

/// The whole service.
pub(crate) fn app(fixture: &Fixture) -> Router {
    let mut routers: BTreeMap<Group, Router> = BTreeMap::new();
    for_each_route!(mount, (routers));
    let mut app = Router::default();
    for (group, mut router) in routers {
        for realm in fixture.realms(group).into_iter().rev() {
            router = router.wrap(Install::new(realm));
        }
        app = app.merge(router);
    }
    app.route("*", "/", not_found(fixture.main()))
}
