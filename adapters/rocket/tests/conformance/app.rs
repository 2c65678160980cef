//! The routes of the conformance suite on Rocket.

use auth_rocket::{Auth, AuthFairing, Refusal, not_found, public, requires_auth};
use auth_test::conformance::{Fixture, Group, Stranger, User};
use auth_test::for_each_route;
use rocket::data::{Data, ToByteUnit as _};
use rocket::http::Header;
use rocket::{Build, Responder, Rocket, Route, delete, get, head, options, patch, post, put, routes};

fn shown(user: &Auth<User>) -> String {
    format!("{} {}", user.id, Auth::scheme(user))
}

/// A text, and how long it may be kept.
#[derive(Responder)]
struct Cached(String, Header<'static>);

async fn length(body: Data<'_>) -> String {
    body.open(1.mebibytes()).into_bytes().await.expect("a body").len().to_string()
}

/// All paths are given to `mount`, so that each is a base of its own.
macro_rules! handler {
    ($name:ident, GET, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        handler!(@party $name get [$($list)*]);
    };
    ($name:ident, HEAD, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        handler!(@party $name head [$($list)*]);
    };
    ($name:ident, OPTIONS, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        handler!(@party $name options [$($list)*]);
    };
    ($name:ident, POST, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        handler!(@party $name post [$($list)*]);
    };
    ($name:ident, PUT, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        handler!(@party $name put [$($list)*]);
    };
    ($name:ident, PATCH, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        handler!(@party $name patch [$($list)*]);
    };
    ($name:ident, DELETE, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        handler!(@party $name delete [$($list)*]);
    };
    (@party $name:ident $method:ident [$($list:tt)*]) => {
        #[requires_auth($($list)*)]
        #[$method("/")]
        fn $name(user: Auth<User>) -> String {
            shown(&user)
        }
    };
    ($name:ident, GET, $path:literal, $group:ident, guest, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        #[get("/")]
        fn $name(user: Option<Auth<User>>) -> String {
            user.as_ref().map_or_else(|| "guest".to_owned(), shown)
        }
    };
    ($name:ident, GET, $path:literal, $group:ident, plain, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        #[get("/")]
        fn $name() -> &'static str {
            "ok"
        }
    };
    ($name:ident, POST, $path:literal, $group:ident, body, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        #[post("/", data = "<body>")]
        async fn $name(body: Data<'_>) -> String {
            length(body).await
        }
    };
    ($name:ident, GET, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        #[get("/<number>")]
        fn $name(number: u64) -> String {
            number.to_string()
        }
    };
    ($name:ident, GET, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        #[get("/")]
        fn $name(user: Auth<User>) -> Cached {
            Cached(shown(&user), Header::new("cache-control", "max-age=60"))
        }
    };
    ($name:ident, GET, $path:literal, $group:ident, ensure, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        #[get("/")]
        fn $name(user: Auth<User>) -> Result<String, Refusal> {
            user.ensure(user.id == "alice")?;
            Ok(shown(&user))
        }
    };
    ($name:ident, GET, $path:literal, $group:ident, ensure_scope, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        #[get("/")]
        fn $name(user: Auth<User>) -> Result<String, Refusal> {
            user.ensure_scope("items:write")?;
            Ok(shown(&user))
        }
    };
    ($name:ident, GET, $path:literal, $group:ident, stranger, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        #[get("/")]
        fn $name(_stranger: Auth<Stranger>) -> &'static str {
            "ok"
        }
    };
    ($name:ident, GET, $path:literal, $group:ident, bare, [], $tokens:tt) => {
        #[get("/")]
        fn $name(user: Auth<User>) -> String {
            shown(&user)
        }
    };
    ($name:ident, GET, $path:literal, $group:ident, public, [$($list:tt)*], $tokens:tt) => {
        #[public($($list)*)]
        #[get("/")]
        fn $name() -> &'static str {
            "ok"
        }
    };
    ($name:ident, GET, $path:literal, $group:ident, public_party, [$($list:tt)*], $tokens:tt) => {
        // The parameter's type is hidden from the attribute, which would refuse it.
        #[public($($list)*)]
        #[get("/")]
        fn $name(user: Party) -> String {
            shown(&user)
        }
    };
    ($name:ident, POST, $path:literal, $group:ident, public_body, [$($list:tt)*], $tokens:tt) => {
        #[public($($list)*)]
        #[post("/", data = "<body>")]
        async fn $name(body: Data<'_>) -> String {
            length(body).await
        }
    };
}

type Party = Auth<User>;

for_each_route!(handler);

/// Mounts a route under the realms of its group.
fn mount(
    (rocket, fairing): (Rocket<Build>, AuthFairing),
    fixture: &Fixture,
    group: Group,
    path: &str,
    routes: Vec<Route>,
) -> (Rocket<Build>, AuthFairing) {
    let realms = fixture.realms(group).into_iter();
    (rocket.mount(path.to_owned(), routes), realms.fold(fairing, |fairing, realm| fairing.at(path, realm)))
}

macro_rules! mount {
    ($name:ident, $method:ident, $path:literal, $group:ident, bare, $list:tt, ($parts:ident $fixture:ident)) => {
        let (rocket, fairing) = mount($parts, $fixture, Group::$group, $path, routes![$name]);
        let $parts = (rocket, fairing.route_unchecked($path, "it has no attribute, on purpose"));
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($parts:ident $fixture:ident)) => {
        let $parts = mount($parts, $fixture, Group::$group, $path, routes![$name]);
    };
}

/// The whole service.
pub(crate) fn app(config: &rocket::Config, fixture: &Fixture) -> Rocket<Build> {
    let parts = (rocket::custom(config), AuthFairing::default());
    for_each_route!(mount, (parts fixture));
    let (rocket, fairing) = parts;
    rocket.register("/", vec![not_found(fixture.main())]).attach(fairing)
}
