//! The routes of the conformance suite on actix-web.

use actix_web::guard::Method;
use actix_web::web::{self, Bytes, Path, ServiceConfig};
use actix_web::{HttpResponse, Resource, http};
use auth_actix::{Auth, AuthMiddleware, Refusal, not_found, public, requires_auth};
use auth_test::conformance::{Fixture, Group, User};
use auth_test::{for_each_route, route_handler};

macro_rules! define {
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)]]
            async fn route(number: Path<u64>) -> String {
                number.to_string()
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)]]
            async fn route(user: Auth<User>) -> HttpResponse {
                HttpResponse::Ok()
                    .content_type("text/plain; charset=utf-8")
                    .insert_header(("cache-control", "max-age=60"))
                    .body(format!("{} {}", user.id, Auth::scheme(&user)))
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, $tokens:tt) => {
        route_handler! { [] [] $name $kind $list }
    };
}

for_each_route!(define);

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
        let resource = web::resource(concat!($path, "/{number}")).to($name::route);
        mount($config, $fixture, Group::$group, http::Method::$method, resource);
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($config:ident $fixture:ident)) => {
        mount($config, $fixture, Group::$group, http::Method::$method, web::resource($path).to($name::route));
    };
}

/// The whole service.
pub(crate) fn configure(config: &mut ServiceConfig, fixture: &Fixture) {
    for_each_route!(mount, (config fixture));
    config.default_service(not_found(fixture.main()));
}
