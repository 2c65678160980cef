//! The routes of the suite on axum, in guard mode.

use std::collections::BTreeMap;

use auth_axum::{
    Auth, AuthLayer, Refusal, Router, delete, get, head, not_found, options, patch, post, public, put, requires_auth,
};
use auth_test::conformance::{Fixture, Group, User};
use auth_test::{for_each_route, route_handler};
use axum::extract::Path;
use axum::response::IntoResponse;
use bytes::Bytes;

macro_rules! define {
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)]]
            async fn route(Path(number): Path<u64>) -> String {
                number.to_string()
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)]]
            async fn route(user: Auth<User>) -> impl IntoResponse {
                ([("cache-control", "max-age=60")], format!("{} {}", user.id, Auth::scheme(&user)))
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, $tokens:tt) => {
        route_handler! { [] [] $name $kind $list }
    };
}

for_each_route!(define);

macro_rules! method {
    (GET $handler:expr) => {
        get($handler)
    };
    (POST $handler:expr) => {
        post($handler)
    };
    (PUT $handler:expr) => {
        put($handler)
    };
    (PATCH $handler:expr) => {
        patch($handler)
    };
    (DELETE $handler:expr) => {
        delete($handler)
    };
    (HEAD $handler:expr) => {
        head($handler)
    };
    (OPTIONS $handler:expr) => {
        options($handler)
    };
}

macro_rules! mount {
    ($name:ident, $method:ident, $path:literal, $group:ident, number, $list:tt, ($routers:ident)) => {
        mount!(@ $routers $group, |router| router.route(concat!($path, "/{number}"), method!($method $name::route)));
    };
    ($name:ident, GET, $path:literal, $group:ident, bare, $list:tt, ($routers:ident)) => {
        mount!(@ $routers $group, |router| {
            router.route_unchecked($path, axum::routing::get($name::route), "it has no attribute, on purpose")
        });
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($routers:ident)) => {
        mount!(@ $routers $group, |router| router.route($path, method!($method $name::route)));
    };
    (@ $routers:ident $group:ident, |$router:ident| $mounted:expr) => {
        let $router: Router = $routers.remove(&Group::$group).unwrap_or_default();
        $routers.insert(Group::$group, $mounted);
    };
}

/// The whole service.
pub fn app(fixture: &Fixture) -> Router {
    let mut routers: BTreeMap<Group, Router> = BTreeMap::new();
    for_each_route!(mount, (routers));
    let mut app = Router::new();
    for (group, mut router) in routers {
        for realm in fixture.realms(group).into_iter().rev() {
            router = router.layer(AuthLayer::new(realm));
        }
        app = app.merge(router);
    }
    app.fallback(not_found(fixture.main()))
}
