//! The routes of the suite on axum, in guard mode.

use std::collections::BTreeMap;

use auth_axum::{
    Auth, AuthLayer, Refusal, Router, delete, get, head, not_found, options, post, public, put, requires_auth,
};
use auth_test::conformance::{Fixture, Group, Stranger, User};
use auth_test::for_each_route;
use axum::extract::Path;
use axum::response::IntoResponse;
use bytes::Bytes;

fn shown(user: &Auth<User>) -> String {
    format!("{} {}", user.id, Auth::scheme(user))
}

macro_rules! handler {
    ($name:ident, $method:ident, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name(user: Auth<User>) -> String {
            shown(&user)
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, guest, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name(user: Option<Auth<User>>) -> String {
            user.as_ref().map_or_else(|| "guest".to_owned(), shown)
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, plain, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name() -> &'static str {
            "ok"
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, body, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name(body: Bytes) -> String {
            body.len().to_string()
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name(Path(number): Path<u64>) -> String {
            number.to_string()
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name(user: Auth<User>) -> impl IntoResponse {
            ([("cache-control", "max-age=60")], shown(&user))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, ensure, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name(user: Auth<User>) -> Result<String, Refusal> {
            user.ensure(user.id == "alice")?;
            Ok(shown(&user))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, ensure_scope, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name(user: Auth<User>) -> Result<String, Refusal> {
            user.ensure_scope("items:write")?;
            Ok(shown(&user))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, stranger, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name(_stranger: Auth<Stranger>) -> &'static str {
            "ok"
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, bare, [], $tokens:tt) => {
        async fn $name(user: Auth<User>) -> String {
            shown(&user)
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public, [$($list:tt)*], $tokens:tt) => {
        #[public($($list)*)]
        async fn $name() -> &'static str {
            "ok"
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_party, [$($list:tt)*], $tokens:tt) => {
        // The parameter's type is hidden from the attribute, which would refuse it.
        #[public($($list)*)]
        async fn $name(user: Party) -> String {
            shown(&user)
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_body, [$($list:tt)*], $tokens:tt) => {
        #[public($($list)*)]
        async fn $name(body: Bytes) -> String {
            body.len().to_string()
        }
    };
}

type Party = Auth<User>;

for_each_route!(handler);

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
        mount!(@ $routers $group, |router| router.route(concat!($path, "/{number}"), method!($method $name)));
    };
    ($name:ident, GET, $path:literal, $group:ident, bare, $list:tt, ($routers:ident)) => {
        mount!(@ $routers $group, |router| {
            router.route_unchecked($path, axum::routing::get($name), "it has no attribute, on purpose")
        });
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($routers:ident)) => {
        mount!(@ $routers $group, |router| router.route($path, method!($method $name)));
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
