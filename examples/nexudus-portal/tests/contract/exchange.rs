//! Section 4: `exchange`.

use std::time::Duration;

use auth_issuer::accounts::AccountState;
use auth_issuer::audit::AuditName;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use nexudus_portal::NexudusPortal;
use serde_json::Value;
use systems::testing::{Audited, EventLog, InProcess, Request, Response, json_of};

use super::reset::{complete, reset_token};
use super::{
    JANE, NEW_PASSWORD, PASSWORD, RESET, account, assert_error, assert_uncached, member, profile, refresh, server,
    set_state, sign_in,
};

fn one_time(server: &InProcess) -> String {
    member(&complete(server, &reset_token(server), NEW_PASSWORD), "Value")
}

fn post(query: &str) -> Request {
    Request::new("POST", &format!("/api/sys/users/exchange?{query}"))
}

fn exchange(server: &InProcess, token: &str) -> Response {
    server.send(&post(&format!("token={token}&validForInMinutes=1440")))
}

#[track_caller]
fn assert_refused(answer: &Response) {
    assert_eq!((answer.status, answer.body.as_str()), (401, ""), "{answer:?}");
    assert_eq!(answer.all("www-authenticate"), [r#"Bearer realm="nexudus-portal", error="invalid_token""#]);
    assert_uncached(answer);
}

#[test]
fn success_has_token_and_not_access_token() {
    let server = server();
    let answer = exchange(&server, &one_time(&server));
    assert_eq!((answer.status, answer.sole("content-type")), (200, "application/json;charset=UTF-8"), "{answer:?}");
    assert_uncached(&answer);
    let body = json_of(&answer);
    let mut names: Vec<_> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["expires_in", "refresh_token", "token", "token_type"]);
    assert_eq!((&body["token_type"], body["expires_in"].as_u64()), (&"bearer".into(), Some(86_400)));
    let token = member(&answer, "token");
    assert_eq!(json_of(&profile(&server, &token))["Email"], RESET);
    let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("a payload")).expect("base64url");
    let claims: Value = serde_json::from_slice(&payload).expect("JSON");
    assert_eq!(claims["exp"].as_u64(), claims["iat"].as_u64().map(|at| at + 86_400));
    assert_eq!(claims["amr"], serde_json::json!(["pwd"]));
}

#[test]
fn the_token_lives_as_long_as_it_was_asked_for() {
    let server = server();
    let answer = server.send(&post(&format!("token={}&validForInMinutes=1", one_time(&server))));
    assert_eq!(json_of(&answer)["expires_in"], 60);
    let token = member(&answer, "token");
    server.clock.advance(Duration::from_secs(59));
    assert_eq!(profile(&server, &token).status, 200);
    server.clock.advance(Duration::from_secs(61));
    assert_eq!(profile(&server, &token).status, 401);
    assert_eq!(refresh(&server, RESET, &member(&answer, "refresh_token")).status, 200, "the refresh token goes on");
}

#[test]
fn the_refresh_token_is_bound_to_the_client_id_header_else_the_email() {
    let server = server();
    let request = post(&format!("token={}&validForInMinutes=20160", one_time(&server))).header("client_id: app");
    let answer = server.send(&request);
    assert_eq!(json_of(&answer)["expires_in"], 1_209_600);
    let token = member(&answer, "refresh_token");
    assert_error(&refresh(&server, RESET, &token), 400, "invalid_grant");
    assert_eq!(refresh(&server, "app", &token).status, 200);
}

#[test]
fn parameter_missing_or_bad_is_400_and_consumes_nothing() {
    let server = server();
    let token = one_time(&server);
    for query in [
        String::new(),
        "validForInMinutes=1440".into(),
        "token=&validForInMinutes=1440".into(),
        format!("token={token}"),
        format!("token={token}&validForInMinutes="),
        format!("token={token}&validForInMinutes=0"),
        format!("token={token}&validForInMinutes=20161"),
        format!("token={token}&validForInMinutes=-1"),
        format!("token={token}&validForInMinutes=%2B1"),
        format!("token={token}&validForInMinutes=1.5"),
        format!("token={token}&validForInMinutes=99999999999999999999"),
        format!("token={token}&validForInMinutes=1&validForInMinutes=1"),
        format!("token={token}&token={token}&validForInMinutes=1"),
    ] {
        assert_error(&server.send(&post(&query)), 400, "invalid_request");
    }
    let bad_client = post(&format!("token={token}&validForInMinutes=1440")).header("client_id: a b");
    assert_error(&server.send(&bad_client), 400, "invalid_request");
    assert_eq!(exchange(&server, &token).status, 200);
}

#[test]
fn jwt_invalid_expired_or_used() {
    let server = server();
    assert_refused(&exchange(&server, "x"));
    let access = member(&sign_in(&server, JANE, PASSWORD), "access_token");
    assert_refused(&exchange(&server, &access));
    let token = one_time(&server);
    assert_eq!(exchange(&server, &token).status, 200);
    assert_refused(&exchange(&server, &token));
}

#[test]
fn jwt_is_good_for_10_minutes_and_the_allowed_skew() {
    let server = server();
    let token = one_time(&server);
    server.clock.advance(Duration::from_mins(10 + 1));
    assert_refused(&exchange(&server, &token));
}

#[test]
fn of_two_exchanges_at_once_one_wins() {
    let server = server();
    let token = one_time(&server);
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| exchange(&server, &token).status)).collect();
        tries.into_iter().map(|attempt| attempt.join().expect("an answer")).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401, 401]);
}

#[test]
fn jwt_ends_with_the_state_of_its_account() {
    let server = server();
    let token = one_time(&server);
    set_state(&server, RESET, AccountState::Suspended);
    assert_refused(&exchange(&server, &token));
}

#[test]
fn post_only_because_it_consumes_a_credential() {
    let server = server();
    let token = one_time(&server);
    for method in ["GET", "HEAD", "PUT"] {
        let path = format!("/api/sys/users/exchange?token={token}&validForInMinutes=1440");
        let answer = server.send(&Request::new(method, &path));
        assert_eq!((answer.status, answer.sole("allow")), (405, "POST"), "{method}");
        assert_uncached(&answer);
    }
    assert_eq!(exchange(&server, &token).status, 200);
}

#[test]
fn tokens_and_their_refusals_are_in_the_audit_log() {
    let log = EventLog::default();
    let server = InProcess::start(Audited(NexudusPortal, log.clone()), &[]);
    let token = one_time(&server);
    let owner = account(&server, RESET).id().to_owned();
    let owner = owner.as_str();
    // The secret, and the token that is signed for it.
    assert_eq!(log.accounts(AuditName::TOKEN_CREATED, "exchange"), [owner, owner]);
    let access = member(&exchange(&server, &token), "token");
    assert_eq!(log.accounts(AuditName::TOKEN_CREATED, "access"), [owner]);

    set_state(&server, RESET, AccountState::Suspended);
    assert_eq!(profile(&server, &access).status, 401);
    assert_eq!(log.accounts(AuditName::TOKEN_REUSE, "access"), [owner]);
    assert_refused(&exchange(&server, &token));
    assert_eq!(log.accounts(AuditName::TOKEN_REUSE, "exchange"), [owner]);
}
