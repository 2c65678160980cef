//! What a handler may look like, what it may take, and what is around it.

use auth_core::catalogue;
use auth_rocket::{Auth, AuthFairing, Refusal, Require, public, require, requires_auth};
use auth_test::{AssumeAuth as _, AssumeRequire as _};
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route, catch, catchers, get, routes};

use crate::rooms::{Stranger, User, ask, bare as application, client, problem, realm};

#[requires_auth(bearer)]
#[get("/asynchronous/<room>?<hour>")]
async fn asynchronous(user: Auth<User>, room: &str, hour: Option<u8>) -> String {
    std::future::ready(format!("{} {room} {hour:?}", user.0)).await
}

#[requires_auth(bearer)]
#[get("/own")]
fn own(user: Auth<User>) -> Result<String, Refusal> {
    user.ensure(user.0 == "writer")?;
    Ok(user.0.clone())
}

#[requires_auth(bearer, optional)]
#[get("/guest")]
fn guest(user: Option<Auth<User>>) -> String {
    user.map_or_else(|| "guest".to_owned(), |user| user.0.clone())
}

#[requires_auth(bearer, optional)]
#[get("/strange-guest")]
fn strange_guest(user: Option<Auth<Stranger>>) -> &'static str {
    if user.is_some() { "a stranger" } else { "guest" }
}

type Renamed = Auth<User>;
type Fallible = Result<Auth<Stranger>, auth_rocket::NoPrincipal>;

/// Under another name the attribute does not see that no guest fits in.
#[requires_auth(bearer, optional)]
#[get("/renamed")]
fn renamed(user: Renamed) -> String {
    user.0.clone()
}

/// Nor does it see that a refusal could be swallowed.
#[requires_auth(bearer)]
#[get("/fallible")]
fn fallible(user: Fallible) -> &'static str {
    if user.is_ok() { "a stranger" } else { "nobody" }
}

#[requires_auth(bearer, scope = "rooms:write")]
#[get("/ranked/<_room>")]
fn first_rank(_room: u8) -> &'static str {
    "a number"
}

#[public(reason = "the list of names")]
#[get("/ranked/<_room>", rank = 2)]
fn second_rank(_room: &str) -> &'static str {
    "a name"
}

#[public(reason = "health check")]
#[get("/health")]
fn health() -> &'static str {
    "ok"
}

fn service() -> rocket::local::blocking::Client {
    let routes = routes![asynchronous, own, guest, strange_guest, renamed, fallible, first_rank, second_rank, health];
    client(routes, AuthFairing::new(realm("rooms")))
}

/// A path, a token if there is one, and the answer.
type Row<'r> = (&'r str, Option<&'r str>, u16, &'r str);

fn answers(rows: &[Row<'_>]) {
    let client = service();
    for (path, token, status, body) in rows {
        let body = if body.is_empty() { problem(*status) } else { (*body).to_owned() };
        assert_eq!(ask(&client, Method::Get, path, *token), (*status, body), "{path} {token:?}");
    }
}

#[test]
fn handlers_take_what_rocket_gives() {
    answers(&[
        ("/asynchronous/red?hour=9", Some("reader"), 200, "reader red Some(9)"),
        ("/asynchronous/red?hour=9", None, 401, ""),
        ("/own", Some("writer"), 200, "writer"),
        ("/own", Some("reader"), 403, ""),
        ("/health", None, 200, "ok"),
        ("/health", Some("unknown"), 200, "ok"),
        ("/no/such/path", Some("writer"), 404, ""),
    ]);
}

#[test]
fn only_a_guest_is_none() {
    answers(&[
        ("/guest", None, 200, "guest"),
        ("/guest", Some("reader"), 200, "reader"),
        ("/guest", Some("unknown"), 401, ""),
    ]);
}

/// Rocket turns whatever `Auth<P>` says into `None` or `Err`; a refusal is remembered all the same.
#[test]
fn a_mistake_that_a_parameter_swallows_is_no_guest() {
    answers(&[
        ("/strange-guest", None, 500, ""),
        ("/strange-guest", Some("reader"), 500, ""),
        ("/fallible", Some("reader"), 500, ""),
        ("/fallible", None, 401, ""),
        ("/renamed", Some("reader"), 200, "reader"),
    ]);
    assert_eq!(ask(&service(), Method::Get, "/renamed", None).0, 500, "Rocket's own, since no guard can tell");
}

#[test]
fn each_route_that_a_request_reaches_decides_for_itself() {
    answers(&[
        ("/ranked/7", Some("writer"), 200, "a number"),
        ("/ranked/7", None, 401, ""),
        ("/ranked/red", Some("writer"), 200, "a name"),
        // Refused where it was heard first, although the next route is open.
        ("/ranked/red", None, 401, ""),
    ]);
}

#[catch(default)]
fn own_page(status: Status, _: &Request<'_>) -> String {
    format!("the application's own words about {}", status.code)
}

#[test]
fn a_catcher_does_not_speak_for_the_realm() {
    let rocket = application(routes![own]).register("/", catchers![own_page]).attach(AuthFairing::new(realm("rooms")));
    let client = rocket::local::blocking::Client::untracked(rocket).expect("the application launches");
    assert_eq!(ask(&client, Method::Get, "/own", None), (401, problem(401)));
    assert_eq!(ask(&client, Method::Get, "/no", None), (404, "the application's own words about 404".to_owned()));
}

#[derive(Clone)]
struct Files;

#[rocket::async_trait]
impl Handler for Files {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        Outcome::from(request, "a file")
    }
}

impl From<Files> for Vec<Route> {
    fn from(files: Files) -> Self {
        vec![Route::new(Method::Get, "/files/<path..>", files)]
    }
}

#[requires_auth(bearer, scope = "rooms:write")]
struct WritersOnly;

#[test]
fn a_policy_is_enforced_on_routes_that_are_no_functions() {
    let client = client(require::<WritersOnly>(Files), AuthFairing::new(realm("rooms")));
    for (token, status, body) in
        [(None, 401, problem(401)), (Some("reader"), 403, problem(403)), (Some("writer"), 200, "a file".to_owned())]
    {
        assert_eq!(ask(&client, Method::Get, "/files/a", token), (status, body), "{token:?}");
    }
}

/// A policy around another: both decide.
#[test]
fn a_policy_around_handlers_replaces_none_of_theirs() {
    let client = client(require::<WritersOnly>(routes![own]), AuthFairing::new(realm("rooms")));
    for (token, status) in [(None, 401), (Some("reader"), 403), (Some("writer"), 200)] {
        assert_eq!(ask(&client, Method::Get, "/own", token).0, status, "{token:?}");
    }
}

#[test]
fn a_handler_is_called_by_hand_with_a_made_up_proof() {
    assert_eq!(own(Require::assume(), Auth::assume(User("writer".to_owned()))).expect("allowed"), "writer");
    let refused = own(Require::assume(), Auth::assume(User("reader".to_owned())));
    assert_eq!(refused.expect_err("refused").status(), 403);
}

#[test]
fn every_handler_is_in_the_catalogue() {
    let known: Vec<_> = catalogue()
        .endpoints()
        .filter(|endpoint| endpoint.module.ends_with("::handlers"))
        .map(|endpoint| endpoint.name)
        .collect();
    for name in ["asynchronous", "own", "guest", "renamed", "fallible", "health", "WritersOnly"] {
        assert_eq!(known.iter().filter(|known| **known == name).count(), 1, "{name} of {known:?}");
    }
}
