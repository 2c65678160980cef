//! What the tests have in common.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use nexudus_users::NexudusUsers;
use serde_json::Value;
pub(crate) use systems::testing::assert_uncached;
use systems::testing::{InProcess, Request, Response, basic, json_of};

pub(crate) const JANE: &str = "jane.doe@example.com";
pub(crate) const PASSWORD: &str = "S3cur3P@ss";
/// The documented failure.
pub(crate) const WRONG: &str =
    r#"{"Status":500,"Message":"The email address or password you entered is not valid.","WasSuccessful":false}"#;
pub(crate) const UNAUTHORIZED: &str = r#"{"Status":401,"Message":"Unauthorized","WasSuccessful":false}"#;
pub(crate) const TOKEN: &str = "/sys/users/token";
pub(crate) const USED: &str = r#"Bearer realm="nexudus-portal", error="invalid_token""#;

pub(crate) fn server() -> InProcess {
    InProcess::start(NexudusUsers, &[])
}

pub(crate) fn admin() -> String {
    basic("admin@example.com", PASSWORD)
}

/// A sign-in with everything as it should be.
pub(crate) fn sign_in(email: &str, password: &str) -> Request {
    Request::new("POST", TOKEN).json(format!(r#"{{"email":"{email}","password":"{password}"}}"#))
}

/// A token of Jane's.
pub(crate) fn token(server: &InProcess) -> String {
    value(&server.send(&sign_in(JANE, PASSWORD)))
}

/// The token of a success, whose envelope is checked to the byte.
#[track_caller]
pub(crate) fn value(answer: &Response) -> String {
    let value = json_of(answer)["Value"].as_str().unwrap_or_else(|| panic!("no value: {answer:?}")).to_owned();
    let expected = format!(r#"{{"Status":200,"Message":"OK","Value":"{value}","WasSuccessful":true}}"#);
    assert_eq!((answer.status, &answer.body), (200, &expected));
    assert_enveloped(answer);
    value
}

/// Checks a failure to the byte.
#[track_caller]
pub(crate) fn assert_failed(answer: &Response, status: u16, body: &str) {
    assert_eq!((answer.status, answer.body.as_str()), (status, body));
    assert_enveloped(answer);
}

/// A failure whose text is free: it is there, and there is no value.
#[track_caller]
pub(crate) fn assert_problem(answer: &Response, status: u16) {
    assert_eq!(answer.status, status, "{answer:?}");
    let body = json_of(answer);
    assert_eq!((body["Status"].as_u64(), body["WasSuccessful"].as_bool()), (Some(status.into()), Some(false)));
    assert!(!body["Message"].as_str().unwrap().is_empty() && body.get("Value").is_none(), "{body}");
    assert_enveloped(answer);
}

#[track_caller]
pub(crate) fn assert_enveloped(answer: &Response) {
    assert_eq!(answer.sole("content-type"), "application/json; charset=utf-8");
    assert_uncached(answer);
}

/// What a signed token says: its header and its claims.
pub(crate) fn decoded(token: &str) -> (String, Value) {
    let part = |at| {
        let part = token.split('.').nth(at).unwrap();
        String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    (part(0), serde_json::from_str(&part(1)).unwrap())
}

/// The session cookie of an answer, as a request sends it back.
#[track_caller]
pub(crate) fn cookie(answer: &Response) -> String {
    let cookie = answer.sole("set-cookie");
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; HttpOnly; Secure; SameSite=Lax");
    let secret = pair.strip_prefix("__Host-nx_session=").unwrap();
    assert_eq!(secret.len(), 43, "{pair}");
    format!("Cookie: {pair}")
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}")
}
