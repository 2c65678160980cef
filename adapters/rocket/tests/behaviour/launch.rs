//! What is put together wrongly does not launch.

use auth_rocket::{Auth, AuthFairing, public, requires_auth};
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::http::Method;
use rocket::local::blocking::Client;
use rocket::{Build, Rocket, get, routes};

use crate::log::Log;
use crate::rooms::{User, ask, bare as application, problem, realm};

#[requires_auth(bearer)]
#[get("/guarded")]
fn guarded(user: Auth<User>) -> String {
    user.0.clone()
}

#[public(reason = "health check")]
#[get("/open")]
fn open() -> &'static str {
    "ok"
}

#[get("/bare")]
fn bare() -> &'static str {
    "open by mistake"
}

#[get("/principal")]
fn bare_with_principal(user: Auth<User>) -> String {
    user.0.clone()
}

mod elsewhere {
    /// It has the name of a handler that is annotated.
    #[rocket::get("/elsewhere/guarded")]
    pub(super) fn guarded() -> &'static str {
        "open by mistake"
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Launch {
    Done,
    /// By the fairing.
    Failed,
    /// By a sentinel of a handler.
    Aborted,
}

fn launch(rocket: Rocket<Build>) -> Launch {
    match Client::untracked(rocket) {
        Ok(_) => Launch::Done,
        Err(error) => match error.kind() {
            ErrorKind::FailedFairings(_) => Launch::Failed,
            ErrorKind::SentinelAborts(_) => Launch::Aborted,
            other => panic!("another error: {other:?}"),
        },
    }
}

fn fairing() -> AuthFairing {
    AuthFairing::new(realm("rooms"))
}

#[test]
fn guarded_handlers_need_a_realm() {
    assert_eq!(launch(application(routes![guarded, open])), Launch::Aborted);
    assert_eq!(launch(application(routes![bare_with_principal])), Launch::Aborted);
    assert_eq!(launch(application(routes![open])), Launch::Done);
    assert_eq!(launch(application(routes![guarded, open]).attach(fairing())), Launch::Done);
}

#[test]
fn a_handler_without_an_attribute_is_not_launched() {
    assert_eq!(launch(application(routes![guarded, bare]).attach(fairing())), Launch::Failed);
    assert_eq!(launch(application(routes![bare]).attach(fairing())), Launch::Failed);
    assert_eq!(launch(application(routes![bare_with_principal]).attach(fairing())), Launch::Failed);
    let excepted = fairing().route_unchecked("/bare", "a test of the exception");
    assert_eq!(launch(application(routes![guarded, bare]).attach(excepted)), Launch::Done);
}

#[test]
fn a_handler_that_is_mounted_late_is_found_all_the_same() {
    let late = AdHoc::on_ignite("late", |rocket| async { rocket.mount("/late", routes![bare]) });
    assert_eq!(launch(application(routes![guarded]).attach(fairing()).attach(late)), Launch::Aborted);
}

#[test]
fn exceptions_and_bases_have_to_mean_something() {
    let guarded = || application(routes![guarded]);
    assert_eq!(launch(guarded().attach(fairing().route_unchecked("/gone", "it was there once"))), Launch::Failed);
    assert_eq!(launch(guarded().attach(fairing().route_unchecked("/guarded", " "))), Launch::Failed);
    assert_eq!(launch(guarded().attach(fairing().at("/nowhere", realm("inner")))), Launch::Failed);
}

/// Rocket knows the name of a handler and not its module, so this one is found out by its answer.
#[test]
fn a_bare_handler_of_a_known_name_gives_no_answer_and_its_route_is_told() {
    let log = Log::of_the_program();
    let rocket = application(routes![guarded, elsewhere::guarded]).attach(fairing());
    let client = Client::untracked(rocket).expect("the application launches");
    let bare = "/elsewhere/guarded?token=s3cr3t";
    assert_eq!(ask(&client, Method::Get, bare, Some("writer")), (500, problem(500)));
    assert_eq!(log.withheld("GET", "/elsewhere/guarded"), 1, "{}", log.text());
    assert!(!log.text().contains("s3cr3t"));
    assert_eq!(ask(&client, Method::Get, "/guarded", Some("writer")), (200, "writer".to_owned()));
}

#[test]
fn the_realm_is_that_of_the_base() {
    let rocket = application(routes![guarded])
        .mount("/staff", routes![guarded])
        .mount("/staff-room", routes![guarded])
        .attach(fairing().at("/staff", realm("staff")));
    let client = Client::untracked(rocket).expect("the application launches");
    for (path, realm) in [
        ("/guarded", "rooms"),
        ("/staff/guarded", "staff"),
        ("/st%61ff/guarded", "staff"),
        ("//staff//guarded", "staff"),
        ("/staff-room/guarded", "rooms"),
    ] {
        let response = client.get(path).dispatch();
        let challenge = format!("Bearer realm=\"{realm}\"");
        let got = (response.status().code, response.headers().get_one("www-authenticate"));
        assert_eq!(got, (401, Some(challenge.as_str())), "{path}");
    }
}
