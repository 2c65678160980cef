//! The right order. There is no fairing, so what is guarded is not launched.
#![deny(warnings)]

use auth_rocket::{public, requires_auth};
use rocket::error::ErrorKind;
use rocket::{get, routes};

#[requires_auth(bearer)]
#[get("/rooms/<id>")]
fn room(id: u32) -> String {
    id.to_string()
}

#[public(reason = "health check")]
#[get("/health")]
fn health() -> &'static str {
    "ok"
}

#[test]
fn the_right_order_guards() {
    let config = rocket::Config { log_level: rocket::config::LogLevel::Off, ..rocket::Config::debug_default() };
    // Rocket's own error is large.
    let ignite = |routes| rocket::execute(rocket::custom(&config).mount("/", routes).ignite()).map_err(Box::new);
    assert!(ignite(routes![health]).is_ok());
    let Err(refused) = ignite(routes![room]) else { panic!("launched without a realm") };
    assert!(matches!(refused.kind(), ErrorKind::SentinelAborts(_)));
}
