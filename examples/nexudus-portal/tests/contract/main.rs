//! The Members Portal of Nexudus: its token endpoint, what customers see, reset and exchange.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on has failed")]

mod password;
mod program;
mod refresh;
mod reset;
mod resources;

use std::time::Duration;

use nexudus_portal::NexudusPortal;
use systems::testing::{InProcess, Request, Response, form, json_of};

const JANE: &str = "jane.doe@example.com";
const PASSWORD: &str = "S3cur3P@ss";
const APP: &str = "nexudus.portal.jane.doe@example.com";

fn server() -> InProcess {
    InProcess::start(NexudusPortal, &[])
}

fn password_grant(user: &str, password: &str) -> Request {
    form("/api/token", &[("grant_type", "password"), ("username", user), ("password", password), ("totp", "")])
}

/// Signs in as an application, later than whoever did so before.
fn sign_in(server: &InProcess, user: &str, client: &str) -> Response {
    server.clock.advance(Duration::from_secs(1));
    server.send(&password_grant(user, PASSWORD).header(&format!("client_id: {client}")))
}

fn refresh(server: &InProcess, client: &str, token: &str) -> Response {
    let request = form("/api/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]);
    server.send(&request.header(&format!("client_id: {client}")))
}

fn profile(server: &InProcess, token: &str) -> Response {
    server.get("/api/public/billing/customer", &[&format!("Authorization: Bearer {token}")])
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
    assert_uncached(answer);
}
