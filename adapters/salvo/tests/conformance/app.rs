//! The routes of the conformance suite on salvo.

use auth_salvo::{Auth, AuthHoop, Refusal, not_found, public, requires_auth};
use auth_test::conformance::{Fixture, Group, User};
use auth_test::{for_each_route, route_handler};
use salvo::extract::PathParam;
use salvo::http::{HeaderValue, Method, ParseError};
use salvo::routing::filters::MethodFilter;
use salvo::{Handler, Request, Response, Router, Service, Writer as _, handler};

macro_rules! define {
    ($name:ident, $method:ident, $path:literal, $group:ident, body, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)] #[handler]]
            async fn route(request: &mut Request) -> Result<String, ParseError> {
                Ok(request.payload().await?.len().to_string())
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)] #[handler]]
            async fn route(number: PathParam<u64>) -> String {
                number.to_string()
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[requires_auth($($list)*)] #[handler]]
            async fn route(user: Auth<User>, response: &mut Response) -> String {
                response.headers_mut().insert("cache-control", HeaderValue::from_static("max-age=60"));
                format!("{} {}", user.id, Auth::scheme(&user))
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_body, [$($list:tt)*], $tokens:tt) => {
        route_handler! { @ $name [#[public($($list)*)] #[handler]]
            async fn route(request: &mut Request) -> Result<String, ParseError> {
                Ok(request.payload().await?.len().to_string())
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, $tokens:tt) => {
        route_handler! { [#[handler]] [] $name $kind $list }
    };
}

for_each_route!(define);

/// Puts a handler under the realms of its group.
fn route(fixture: &Fixture, path: &'static str, group: Group, method: Method, handler: impl Handler) -> Router {
    let router = Router::with_path(path.trim_start_matches('/'));
    let router = fixture.realms(group).into_iter().fold(router, |router, realm| router.hoop(AuthHoop::new(realm)));
    router.filter(MethodFilter::new(method)).goal(handler)
}

macro_rules! mount {
    ($name:ident, $method:ident, $path:literal, $group:ident, number, $list:tt, ($router:ident $fixture:ident)) => {
        $router =
            $router.push(route($fixture, concat!($path, "/{number}"), Group::$group, Method::$method, $name::route));
    };
    ($name:ident, GET, $path:literal, $group:ident, $kind:ident, $list:tt, ($router:ident $fixture:ident)) => {
        // salvo's GET routes take no HEAD by themselves.
        $router = $router.push(route($fixture, $path, Group::$group, Method::GET, $name::route));
        $router = $router.push(route($fixture, $path, Group::$group, Method::HEAD, $name::route));
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($router:ident $fixture:ident)) => {
        $router = $router.push(route($fixture, $path, Group::$group, Method::$method, $name::route));
    };
}

/// The routes of all groups.
pub(crate) fn router(fixture: &Fixture) -> Router {
    let mut router = Router::new();
    for_each_route!(mount, (router fixture));
    router
}

/// The whole service.
pub(crate) fn service(fixture: &Fixture) -> Service {
    Service::new(router(fixture)).hoop(not_found(fixture.main()))
}
