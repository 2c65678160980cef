//! The Members Portal of Nexudus, from the first row of its contract to the last.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on has failed")]

mod exchange;
mod mail;
mod password;
mod program;
mod protected;
mod refresh;
mod reset;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth_core::Clock as _;
use auth_issuer::LoginKey;
use auth_issuer::accounts::{Account, AccountAdmin as _, AccountState, AccountStore as _};
use nexudus_portal::NexudusPortal;
use serde_json::Value;
use systems::testing::{InProcess, Request, Response, assert_error, assert_uncached, form, json_of, member};

const JANE: &str = "jane.doe@example.com";
const TWOFA: &str = "twofa@example.com";
const RESET: &str = "reset@example.com";
const PASSWORD: &str = "S3cur3P@ss";
const NEW_PASSWORD: &str = "wander-amber-tulip";

fn server() -> InProcess {
    InProcess::start(NexudusPortal, &[])
}

/// A password grant; which of two is the later one is told by the clock, which stands still on its own.
fn grant(server: &InProcess, user: &str, password: &str, more: &[(&str, &str)]) -> Request {
    server.clock.advance(Duration::from_secs(1));
    let fields = [&[("grant_type", "password"), ("username", user), ("password", password)], more].concat();
    form("/api/token", &fields)
}

fn sign_in(server: &InProcess, user: &str, password: &str) -> Response {
    server.send(&grant(server, user, password, &[]))
}

/// The refresh token of a sign-in of that client.
fn sign_in_as(server: &InProcess, client: &str) -> String {
    let request = grant(server, JANE, PASSWORD, &[]).header(&format!("client_id: {client}"));
    member(&server.send(&request), "refresh_token")
}

fn refresh(server: &InProcess, client: &str, token: &str) -> Response {
    server.send(&refresh_request(token).header(&format!("client_id: {client}")))
}

fn refresh_request(token: &str) -> Request {
    form("/api/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
}

fn profile(server: &InProcess, token: &str) -> Response {
    server.get("/api/public/billing/customer", &[&format!("Authorization: Bearer {token}")])
}

/// Checks the envelope, and returns it.
#[track_caller]
fn assert_envelope(answer: &Response, status: u16) -> Value {
    assert_eq!((answer.status, answer.sole("content-type")), (status, "application/json;charset=UTF-8"), "{answer:?}");
    assert_uncached(answer);
    let body = json_of(answer);
    let mut names: Vec<_> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["Errors", "Message", "Status", "Value", "WasSuccessful"]);
    assert_eq!((body["Status"].as_u64(), body["WasSuccessful"].as_bool()), (Some(status.into()), Some(status == 200)));
    if status == 200 {
        assert_eq!((&body["Message"], &body["Errors"]), (&Value::Null, &Value::Null));
    } else {
        assert_eq!(body["Value"], Value::Null);
        assert!(body["Message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    }
    body
}

/// The present code of the demo account with a second factor, as its authenticator shows it.
fn code(server: &InProcess) -> String {
    code_at(server.clock.now())
}

fn code_at(now: SystemTime) -> String {
    let secret = totp_rs::Secret::try_from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("base32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("good");
    totp.generate(now.duration_since(UNIX_EPOCH).expect("after 1970").as_secs()).to_string()
}

fn account(server: &InProcess, login: &str) -> Account {
    let store = server.context.store.clone();
    let key = LoginKey::parse(login).expect("a login");
    server.block_on(async move { store.find_account(&key).await.expect("an answer").expect("an account") })
}

fn set_state(server: &InProcess, login: &str, state: AccountState) {
    let (store, account) = (server.context.store.clone(), account(server, login));
    let epoch = server.block_on(async move { store.set_state(account.id(), state).await.expect("an answer") });
    assert!(epoch.is_some());
}
