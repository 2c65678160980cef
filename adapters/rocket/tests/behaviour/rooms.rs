//! Who comes into the rooms of these tests.

use std::time::Duration;

use auth_core::credential::BearerToken;
use auth_core::{Attempt, Facts, Reason, Verified, Verifier, VerifyError};
use auth_rocket::{AuthFairing, Realm, not_found};
use auth_test::bearer;
use rocket::config::LogLevel;
use rocket::http::{Header, Method};
use rocket::local::blocking::Client;
use rocket::{Build, Rocket, Route};

/// The principal.
#[derive(Debug)]
pub(crate) struct User(pub(crate) String);

/// A principal of no realm.
#[derive(Debug)]
pub(crate) struct Stranger;

/// Tokens that say what they are good for.
struct Tokens;

impl Verifier<BearerToken> for Tokens {
    type Value = User;

    async fn verify(&self, token: BearerToken, _: Attempt) -> Result<Verified<User>, VerifyError> {
        let facts = match token.as_ref().reveal() {
            "writer" => Facts::new("writer").with_scopes(["rooms:write"]),
            "reader" => Facts::new("reader"),
            "throttled" => return Err(VerifyError::throttled(Duration::from_secs(7))),
            "down" => return Err(VerifyError::unavailable(Reason::STORE)),
            _ => return Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)),
        };
        let user = User(facts.subject.to_string());
        Ok(Verified::new(facts, user))
    }
}

pub(crate) fn realm(name: &str) -> Realm<User> {
    Realm::builder(name).bearer(Tokens).build().expect("a good realm")
}

/// An application that says nothing and has nothing but the routes.
pub(crate) fn bare(routes: Vec<Route>) -> Rocket<Build> {
    let config = rocket::Config { log_level: LogLevel::Off, ..rocket::Config::debug_default() };
    rocket::custom(config).mount("/", routes)
}

/// An application with a realm around the routes.
pub(crate) fn client(routes: Vec<Route>, fairing: AuthFairing) -> Client {
    let rocket = bare(routes).register("/", vec![not_found(&realm("rooms"))]).attach(fairing);
    Client::untracked(rocket).expect("the application launches")
}

/// Status and body of the answer to a request, whose body is `no!`.
pub(crate) fn ask(client: &Client, method: Method, path: &str, token: Option<&str>) -> (u16, String) {
    let request = client.req(method, path.to_owned()).header(Header::new("content-type", "application/json"));
    let request = match token {
        Some(token) => request.header(Header::new("authorization", bearer(token))),
        None => request,
    };
    let response = request.body("no!").dispatch();
    (response.status().code, response.into_string().unwrap_or_default())
}

/// The body of a refusal.
pub(crate) fn problem(status: u16) -> String {
    let title = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => panic!("no refusal has status {status}"),
    };
    format!(r#"{{"type":"about:blank","title":"{title}","status":{status}}}"#)
}
