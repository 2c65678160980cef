//! The REST API of Nexudus, from the first row of its contract to the last.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]

mod coworkers;
mod password;
mod program;
mod refresh;

use std::time::{SystemTime, UNIX_EPOCH};

use nexudus_rest::NexudusRest;
use systems::testing::{InProcess, Response, form, json_of};

const ADMIN: &str = "admin@example.com";
const PASSWORD: &str = "S3cur3P@ss";

fn server() -> InProcess {
    InProcess::start(NexudusRest, &[])
}

fn sign_in(server: &InProcess, user: &str, password: &str) -> Response {
    server.send(&form("/api/token", &[("grant_type", "password"), ("username", user), ("password", password)]))
}

#[track_caller]
fn member(answer: &Response, name: &str) -> String {
    json_of(answer)[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer:?}")).to_owned()
}

#[track_caller]
fn assert_uncached(answer: &Response) {
    assert_eq!(answer.sole("cache-control"), "no-store");
    assert_eq!(answer.sole("pragma"), "no-cache");
}

/// Checks a refusal of the token endpoint.
#[track_caller]
fn assert_error(answer: &Response, status: u16, error: &str) {
    assert_eq!((answer.status, member(answer, "error").as_str()), (status, error), "{answer:?}");
    assert!(!member(answer, "error_description").is_empty());
    assert_eq!(answer.sole("content-type"), "application/json;charset=UTF-8");
    assert_uncached(answer);
}

/// The present code of the demo account with a second factor, as its authenticator shows it.
fn code(now: SystemTime) -> String {
    let secret = totp_rs::Secret::try_from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("base32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("good");
    totp.generate(now.duration_since(UNIX_EPOCH).expect("after 1970").as_secs()).to_string()
}
