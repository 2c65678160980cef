//! The routes of the conformance suite on salvo.

use auth_salvo::{Auth, AuthHoop, Refusal, not_found, public, requires_auth};
use auth_test::conformance::{Fixture, Group, Stranger, User};
use auth_test::for_each_route;
use salvo::catcher::Catcher;
use salvo::extract::PathParam;
use salvo::http::{HeaderValue, Method, ParseError};
use salvo::routing::filters::MethodFilter;
use salvo::{Handler, Request, Response, Router, Service, Writer as _, handler};

fn shown(user: &Auth<User>) -> String {
    format!("{} {}", user.id, Auth::scheme(user))
}

// Each handler has a module of its own: some are called like what the framework's macro binds.
macro_rules! define {
    ($name:ident, $method:ident, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[requires_auth($($list)*)]
            #[handler]
            pub(super) async fn route(user: Auth<User>) -> String {
                shown(&user)
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, guest, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[requires_auth($($list)*)]
            #[handler]
            pub(super) async fn route(user: Option<Auth<User>>) -> String {
                user.as_ref().map_or_else(|| "guest".to_owned(), shown)
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, plain, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[requires_auth($($list)*)]
            #[handler]
            pub(super) async fn route() -> &'static str {
                "ok"
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, body, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[requires_auth($($list)*)]
            #[handler]
            pub(super) async fn route(request: &mut Request) -> Result<String, ParseError> {
                Ok(request.payload().await?.len().to_string())
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[requires_auth($($list)*)]
            #[handler]
            pub(super) async fn route(number: PathParam<u64>) -> String {
                number.to_string()
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[requires_auth($($list)*)]
            #[handler]
            pub(super) async fn route(user: Auth<User>, response: &mut Response) -> String {
                response.headers_mut().insert("cache-control", HeaderValue::from_static("max-age=60"));
                shown(&user)
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, ensure, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[requires_auth($($list)*)]
            #[handler]
            pub(super) async fn route(user: Auth<User>) -> Result<String, Refusal> {
                user.ensure(user.id == "alice")?;
                Ok(shown(&user))
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, ensure_scope, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[requires_auth($($list)*)]
            #[handler]
            pub(super) async fn route(user: Auth<User>) -> Result<String, Refusal> {
                user.ensure_scope("items:write")?;
                Ok(shown(&user))
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, stranger, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[requires_auth($($list)*)]
            #[handler]
            pub(super) async fn route(_stranger: Auth<Stranger>) -> &'static str {
                "ok"
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, bare, [], $tokens:tt) => {
        mod $name {
            use super::*;

            #[handler]
            pub(super) async fn route(user: Auth<User>) -> String {
                shown(&user)
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[public($($list)*)]
            #[handler]
            pub(super) async fn route() -> &'static str {
                "ok"
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_party, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            // The parameter's type is hidden from the attribute, which would refuse it.
            #[public($($list)*)]
            #[handler]
            pub(super) async fn route(user: Party) -> String {
                shown(&user)
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_body, [$($list:tt)*], $tokens:tt) => {
        mod $name {
            use super::*;

            #[public($($list)*)]
            #[handler]
            pub(super) async fn route(request: &mut Request) -> Result<String, ParseError> {
                Ok(request.payload().await?.len().to_string())
            }
        }
    };
}

type Party = Auth<User>;

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
    Service::new(router(fixture)).catcher(Catcher::default().hoop(not_found(fixture.main())))
}
