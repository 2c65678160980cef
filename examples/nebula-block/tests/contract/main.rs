//! The authentication API of Nebula Block, from the first row of its contract to the last.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on has failed")]

mod admin;
mod credentials;
mod envelope;
mod keys;
mod login;
mod tokens;

use nebula_block::NebulaBlock;
use serde_json::Value;
use systems::testing::{InProcess, Request, Response, assert_own_form, form, json_of};

const GUEST: &str = "testemail@gmail.com";
const GUEST_PASSWORD: &str = "123456789";
const ADMIN: &str = "admin@example.com";
const INACTIVE: &str = "inactive@example.com";
const PASSWORD: &str = "S3cur3P@ss";

const CHALLENGE: &str = r#"Bearer realm="nebula-block""#;
const INVALID_TOKEN: &str = r#"Bearer realm="nebula-block", error="invalid_token""#;

fn server() -> InProcess {
    InProcess::start(NebulaBlock, &[])
}

fn sign_in(server: &InProcess, user: &str, password: &str) -> Response {
    server.send(&form("/api/v1/login", &[("username", user), ("password", password)]))
}

/// The header line of a token for the guest.
fn guest(server: &InProcess) -> String {
    bearer(&token(&sign_in(server, GUEST, GUEST_PASSWORD)))
}

/// The header line of a token for the administrator.
fn admin(server: &InProcess) -> String {
    bearer(&token(&sign_in(server, ADMIN, PASSWORD)))
}

fn bearer(credential: &str) -> String {
    format!("Authorization: Bearer {credential}")
}

fn credits(server: &InProcess, headers: &[&str]) -> Response {
    server.get("/api/v1/users/credits", headers)
}

fn new_key(server: &InProcess, header: &str, body: &str) -> Response {
    server.send(&Request::new("POST", "/api/v1/api-keys").header(header).json(body))
}

/// Makes a key: its id and the header line that presents it.
#[track_caller]
fn key(server: &InProcess, header: &str) -> (u64, String) {
    let made = succeeded(&new_key(server, header, r#"{"name":"a key"}"#), "API key successfully created");
    (made["id"].as_u64().expect("an id"), bearer(made["key"].as_str().expect("a key")))
}

fn delete(server: &InProcess, header: &str, id: impl std::fmt::Display) -> Response {
    server.send(&Request::new("DELETE", &format!("/api/v1/api-keys/{id}")).header(header))
}

#[track_caller]
fn token(answer: &Response) -> String {
    let token = json_of(answer)["data"]["jwtToken"].as_str().map(str::to_owned);
    token.unwrap_or_else(|| panic!("no token: {answer:?}"))
}

/// Checks a success: its whole head, the members of the envelope in their order; returns `data`.
#[track_caller]
fn succeeded(answer: &Response, message: &str) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_head(answer, &[]);
    let body: Value = json_of(answer);
    let data = body["data"].clone();
    let end = format!(r#","message":"{message}","status":"success"}}"#);
    assert!(answer.body.starts_with(r#"{"data":"#) && answer.body.ends_with(&end), "{}", answer.body);
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(3), "{}", answer.body);
    data
}

/// Checks a failure, to the byte: status, body, and no header field that is not named here or in `more`.
#[track_caller]
fn failed(answer: &Response, status: u16, message: &str, more: &[(&str, &str)]) {
    let body = format!(r#"{{"data":{{}},"message":"{message}","status":"failed"}}"#);
    assert_eq!((answer.status, &answer.body), (status, &body), "{:?}", answer.headers);
    assert_head(answer, more);
}

/// The same of a failure whose text is free: it is there, and says nothing of `secret`.
#[track_caller]
fn failed_somehow(answer: &Response, status: u16, secret: &str, more: &[(&str, &str)]) {
    let message = json_of(answer)["message"].as_str().unwrap_or_default().to_owned();
    assert!(!message.is_empty() && !message.contains(secret), "{message}");
    failed(answer, status, &message, more);
}

#[track_caller]
fn assert_head(answer: &Response, more: &[(&str, &str)]) {
    let length = answer.body.len().to_string();
    let mut expected = vec![
        ("cache-control", "no-store"),
        ("content-length", &length),
        ("content-type", "application/json"),
        ("pragma", "no-cache"),
    ];
    expected.extend_from_slice(more);
    expected.sort_unstable();
    let mut fields: Vec<_> = answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.sort_unstable();
    assert_eq!(fields, expected, "header fields");
}
