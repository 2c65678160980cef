//! Section 4: `completePasswordReset`.

use std::time::Duration;

use auth_issuer::accounts::AccountState;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use nexudus_portal::NexudusPortal;
use serde_json::{Value, json};
use systems::testing::{Audited, EventLog, InProcess, Request, Response};

use super::{
    JANE, NEW_PASSWORD, PASSWORD, RESET, TWOFA, assert_envelope, assert_error, assert_uncached, code, grant, member,
    profile, refresh, server, set_state, sign_in,
};

const PATH: &str = "/api/sys/users/completePasswordReset";

pub(crate) fn complete(server: &InProcess, token: &str, password: &str) -> Response {
    let body = json!({ "Token": token, "Password": password, "BusinessId": 1 });
    server.send(&Request::new("POST", PATH).json(body.to_string()))
}

/// The token of a sign-in that demands a new password.
pub(crate) fn reset_token(server: &InProcess) -> String {
    let answer = sign_in(server, RESET, PASSWORD);
    assert_error(&answer, 400, "must_reset_password");
    member(&answer, "error_description")
}

#[test]
fn success_is_the_envelope_with_a_one_time_jwt() {
    let server = server();
    let answer = complete(&server, &reset_token(&server), NEW_PASSWORD);
    let value = assert_envelope(&answer, 200)["Value"].as_str().expect("a token").to_owned();
    let parts: Vec<_> = value.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).collect();
    let header: Value = serde_json::from_slice(&parts[0]).expect("JSON");
    assert_eq!((&header["alg"], &header["kid"]), (&"RS256".into(), &Value::Null));
    let claims: Value = serde_json::from_slice(&parts[1]).expect("JSON");
    assert_eq!(claims["purpose"], "exchange");
    assert!(claims["aud"].as_str().is_some_and(|audience| audience.ends_with("/exchange")), "{claims}");
    assert_eq!(claims["exp"].as_u64(), claims["iat"].as_u64().map(|at| at + 600));
    assert!(claims["sub"].is_string() && claims["jti"].is_string(), "{claims}");
    assert_eq!(profile(&server, &value).status, 401, "it is never a bearer token");
    assert_eq!(sign_in(&server, RESET, NEW_PASSWORD).status, 200);
    assert_error(&sign_in(&server, RESET, PASSWORD), 400, "invalid_grant");
}

#[test]
fn token_completes_a_reset_once() {
    let server = server();
    let token = reset_token(&server);
    assert_envelope(&complete(&server, &token, NEW_PASSWORD), 200);
    let again = assert_envelope(&complete(&server, &token, "another-amber-tulip"), 400);
    assert_eq!(again["Errors"], Value::Null);
    assert_eq!(sign_in(&server, RESET, NEW_PASSWORD).status, 200);
}

/// The password is changed and the token spent by then, so whoever was told to try again could not.
#[test]
fn a_reset_succeeds_where_no_one_time_jwt_can_be_made() {
    let log = EventLog::losing(|event| event.about == Some("exchange"));
    let server = InProcess::start(Audited(NexudusPortal, log), &[]);
    let answer = complete(&server, &reset_token(&server), NEW_PASSWORD);
    assert_eq!(assert_envelope(&answer, 200)["Value"], Value::Null);
    assert_eq!(sign_in(&server, RESET, NEW_PASSWORD).status, 200);
}

#[test]
fn of_two_completions_at_once_one_wins() {
    let server = server();
    let token = reset_token(&server);
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| complete(&server, &token, NEW_PASSWORD).status)).collect();
        tries.into_iter().map(|attempt| attempt.join().expect("an answer")).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400, 400, 400]);
}

#[test]
fn a_must_reset_token_replaces_its_predecessor() {
    let server = server();
    let (first, second) = (reset_token(&server), reset_token(&server));
    assert_envelope(&complete(&server, &first, NEW_PASSWORD), 400);
    assert_envelope(&complete(&server, &second, NEW_PASSWORD), 200);
}

#[test]
fn token_is_good_for_60_minutes() {
    let server = server();
    let token = reset_token(&server);
    server.clock.advance(Duration::from_secs(3_599));
    assert_envelope(&complete(&server, &token, "short"), 400);
    server.clock.advance(Duration::from_secs(1));
    let answer = assert_envelope(&complete(&server, &token, NEW_PASSWORD), 400);
    assert_eq!(answer["Errors"], Value::Null);
}

#[test]
fn token_invalid() {
    let server = server();
    for token in ["x", &"A".repeat(43), &member(&sign_in(&server, JANE, PASSWORD), "refresh_token")] {
        let answer = assert_envelope(&complete(&server, token, NEW_PASSWORD), 400);
        assert_eq!(answer["Errors"], Value::Null);
        assert!(!answer.to_string().contains(token), "no echo");
    }
}

#[test]
fn password_policy_details_in_errors_and_nothing_is_consumed() {
    let server = server();
    let token = reset_token(&server);
    for weak in ["", "1234567", "password123", "reset@example.com", "tab\tin the middle", &"ab".repeat(129)] {
        let answer = assert_envelope(&complete(&server, &token, weak), 400);
        let errors = answer["Errors"].as_array().unwrap_or_else(|| panic!("{weak}: {answer}"));
        assert!(!errors.is_empty());
        for error in errors {
            assert_eq!((&error["AttemptedValue"], &error["PropertyName"]), (&Value::Null, &"Password".into()));
            assert!(error["Message"].as_str().is_some_and(|message| !message.is_empty()));
        }
    }
    let longest = "ab".repeat(128);
    assert_envelope(&complete(&server, &token, &longest), 200);
    assert_eq!(sign_in(&server, RESET, &longest).status, 200);
}

#[test]
fn fields_missing_or_of_a_wrong_type() {
    let server = server();
    let token = reset_token(&server);
    for (body, property) in [
        (json!({ "Password": NEW_PASSWORD, "BusinessId": 1 }), "Token"),
        (json!({ "Token": "", "Password": NEW_PASSWORD, "BusinessId": 1 }), "Token"),
        (json!({ "Token": 5, "Password": NEW_PASSWORD, "BusinessId": 1 }), "Token"),
        (json!({ "Token": token, "BusinessId": 1 }), "Password"),
        (json!({ "Token": token, "Password": null, "BusinessId": 1 }), "Password"),
        (json!({ "Token": token, "password": NEW_PASSWORD, "BusinessId": 1 }), "Password"),
        (json!({ "Token": token, "Password": NEW_PASSWORD }), "BusinessId"),
        (json!({ "Token": token, "Password": NEW_PASSWORD, "BusinessId": "1" }), "BusinessId"),
        (json!({ "Token": token, "Password": NEW_PASSWORD, "BusinessId": [1] }), "BusinessId"),
    ] {
        let answer = server.send(&Request::new("POST", PATH).json(body.to_string()));
        assert_eq!(assert_envelope(&answer, 400)["Errors"][0]["PropertyName"], property, "{body}");
    }
    let body = json!({ "Token": token, "Password": NEW_PASSWORD, "BusinessId": 1.5, "Unknown": {} });
    assert_envelope(&server.send(&Request::new("POST", PATH).json(body.to_string())), 200);
}

#[test]
fn bodies_that_are_no_json_object_and_duplicate_fields() {
    let server = server();
    let post = || Request::new("POST", PATH);
    let twice = format!(r#"{{"Token":"a","Token":"a","Password":"{NEW_PASSWORD}","BusinessId":1}}"#);
    for request in [post().json(""), post().json("{"), post().json("[]"), post().json(&twice), post().body("{}")] {
        assert_envelope(&server.send(&request), 400);
    }
    let twice = post().json("{}").headers(&["Authorization: Bearer a", "Authorization: Bearer b"]);
    assert_envelope(&server.send(&twice), 400);
    let long = server.send(&post().json("x".repeat(16 * 1024 + 1)));
    assert_eq!((long.status, long.body.as_str(), long.sole("connection")), (413, "", "close"));
    assert_uncached(&long);
}

#[test]
fn only_post_completes() {
    let server = server();
    for method in ["GET", "HEAD", "PUT"] {
        let answer = server.send(&Request::new(method, PATH));
        assert_eq!((answer.status, answer.sole("allow")), (405, "POST"), "{method}");
        assert_uncached(&answer);
    }
}

#[test]
fn rule_10_a_reset_revokes_refresh_tokens_and_ends_access_tokens() {
    let server = server();
    let pair = sign_in(&server, JANE, PASSWORD);
    set_state(&server, JANE, AccountState::MustReset);
    let token = member(&sign_in(&server, JANE, PASSWORD), "error_description");
    assert_envelope(&complete(&server, &token, NEW_PASSWORD), 200);
    assert_error(&refresh(&server, JANE, &member(&pair, "refresh_token")), 400, "invalid_grant");
    assert_eq!(profile(&server, &member(&pair, "access_token")).status, 401);
}

#[test]
fn with_a_second_factor_the_one_time_jwt_follows_the_code() {
    let server = server();
    set_state(&server, TWOFA, AccountState::MustReset);
    let answer = server.send(&grant(&server, TWOFA, PASSWORD, &[("totp", &code(&server))]));
    let answer = complete(&server, &member(&answer, "error_description"), NEW_PASSWORD);
    assert!(assert_envelope(&answer, 200)["Value"].is_string(), "{answer:?}");
}
