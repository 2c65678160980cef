//! The routes of the conformance suite on actix-web.

use actix_web::guard::Method;
use actix_web::web::{self, Bytes, Path, ServiceConfig};
use actix_web::{HttpResponse, Resource, http};
use auth_actix::{Auth, AuthMiddleware, Refusal, not_found, public, requires_auth};
use auth_test::conformance::{Fixture, Group, Stranger, User};
use auth_test::for_each_route;

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
        async fn $name(number: Path<u64>) -> String {
            number.to_string()
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name(user: Auth<User>) -> HttpResponse {
            HttpResponse::Ok()
                .content_type("text/plain; charset=utf-8")
                .insert_header(("cache-control", "max-age=60"))
                .body(shown(&user))
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

/// Puts a route under the realms of its group.
fn mount(config: &mut ServiceConfig, fixture: &Fixture, group: Group, method: http::Method, resource: Resource) {
    let methods = if method == http::Method::GET {
        actix_web::guard::Any(Method(method)).or(Method(http::Method::HEAD))
    } else {
        actix_web::guard::Any(Method(method))
    };
    let resource = resource.guard(methods);
    match fixture.realms(group).as_slice() {
        [] => config.service(resource),
        [realm] => config.service(resource.wrap(AuthMiddleware::new(realm.clone()))),
        [outer, inner] => {
            config.service(resource.wrap(AuthMiddleware::new(inner.clone())).wrap(AuthMiddleware::new(outer.clone())))
        }
        realms => panic!("{} layers", realms.len()),
    };
}

macro_rules! mount {
    ($name:ident, $method:ident, $path:literal, $group:ident, number, $list:tt, ($config:ident $fixture:ident)) => {
        let resource = web::resource(concat!($path, "/{number}")).to($name);
        mount($config, $fixture, Group::$group, http::Method::$method, resource);
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($config:ident $fixture:ident)) => {
        mount($config, $fixture, Group::$group, http::Method::$method, web::resource($path).to($name));
    };
}

/// The whole service.
pub(crate) fn configure(config: &mut ServiceConfig, fixture: &Fixture) {
    for_each_route!(mount, (config fixture));
    config.default_service(not_found(fixture.main()));
}
