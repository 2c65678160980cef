//! The routes of the suite on the made-up framework.

use std::collections::BTreeMap;

use auth_test::conformance::{Fixture, Group, Stranger, User};
use auth_test::for_each_route;
use auth_tiny_web::{Auth, Install, Refusal, not_found, public, requires_auth};
use tiny_web::{Bytes, Response, Rest, Router};

fn shown(user: &Auth<User>) -> String {
    format!("{} {}", user.id, Auth::scheme(user))
}

macro_rules! handler {
    ($name:ident, $method:ident, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth(crate = auth_tiny_web, $($list)*)]
        async fn $name(user: Auth<User>) -> String {
            shown(&user)
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, guest, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth(crate = auth_tiny_web, $($list)*)]
        async fn $name(user: Option<Auth<User>>) -> String {
            user.as_ref().map_or_else(|| "guest".to_owned(), shown)
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, plain, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth(crate = auth_tiny_web, $($list)*)]
        async fn $name() -> &'static str {
            "ok"
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, body, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth(crate = auth_tiny_web, $($list)*)]
        async fn $name(Bytes(body): Bytes) -> String {
            body.len().to_string()
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth(crate = auth_tiny_web, $($list)*)]
        async fn $name(Rest(number): Rest) -> String {
            number.to_string()
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth(crate = auth_tiny_web, $($list)*)]
        async fn $name(user: Auth<User>) -> Response {
            Response::new(200, shown(&user)).with_header("cache-control", "max-age=60")
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, ensure, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth(crate = auth_tiny_web, $($list)*)]
        async fn $name(user: Auth<User>) -> Result<String, Refusal> {
            user.ensure(user.id == "alice")?;
            Ok(shown(&user))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, ensure_scope, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth(crate = auth_tiny_web, $($list)*)]
        async fn $name(user: Auth<User>) -> Result<String, Refusal> {
            user.ensure_scope("items:write")?;
            Ok(shown(&user))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, stranger, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth(crate = auth_tiny_web, $($list)*)]
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
        #[public(crate = auth_tiny_web, $($list)*)]
        async fn $name() -> &'static str {
            "ok"
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_party, [$($list:tt)*], $tokens:tt) => {
        // The parameter's type is hidden from the attribute, which would refuse it.
        #[public(crate = auth_tiny_web, $($list)*)]
        async fn $name(user: Party) -> String {
            shown(&user)
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_body, [$($list:tt)*], $tokens:tt) => {
        #[public(crate = auth_tiny_web, $($list)*)]
        async fn $name(Bytes(body): Bytes) -> String {
            body.len().to_string()
        }
    };
}

type Party = Auth<User>;

for_each_route!(handler);

macro_rules! mount {
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($routers:ident)) => {
        let router: Router = $routers.remove(&Group::$group).unwrap_or_default();
        $routers.insert(Group::$group, router.route(stringify!($method), $path, $name));
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
