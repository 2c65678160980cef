//! Section 4: completion of a reset, and the exchange.

use systems::testing::{InProcess, Request, Response, json_of};

use super::{APP, JANE, assert_error, member, password_grant, profile, refresh, server, sign_in};

const NEW: &str = "a wholly new passphrase";
const COMPLETE: &str = "/api/sys/users/completePasswordReset";

fn must_reset(server: &InProcess) -> String {
    member(&server.send(&password_grant("reset@example.com", super::PASSWORD)), "error_description")
}

fn complete(server: &InProcess, token: &str, password: &str) -> Response {
    let body = serde_json::json!({ "Token": token, "Password": password, "BusinessId": 1 }).to_string();
    server.send(&Request::new("POST", COMPLETE).json(&body))
}

fn exchange(server: &InProcess, token: &str, minutes: &str) -> Response {
    server.send(&Request::new("POST", &format!("/api/sys/users/exchange?token={token}&validForInMinutes={minutes}")))
}

#[test]
fn a_reset_is_completed_once_and_its_value_exchanged_once() {
    let server = server();
    let token = must_reset(&server);
    let done = complete(&server, &token, NEW);
    assert_eq!(done.status, 200, "{done:?}");
    let body = json_of(&done);
    assert_eq!((body["WasSuccessful"].as_bool(), body["Status"].as_u64()), (Some(true), Some(200)));
    assert!(body["Message"].is_null() && body["Errors"].is_null());
    super::assert_uncached(&done);
    let value = member(&done, "Value");

    assert_eq!(complete(&server, &token, "another new passphrase").status, 400, "used");
    assert_eq!(profile(&server, &value).status, 401, "never a bearer token");

    let pair = exchange(&server, &value, "1440");
    assert_eq!(pair.status, 200, "{pair:?}");
    let body = json_of(&pair);
    assert_eq!((body["token_type"].as_str(), body["expires_in"].as_u64()), (Some("bearer"), Some(86_400)));
    assert_eq!(profile(&server, &member(&pair, "token")).status, 200);
    assert_eq!(refresh(&server, "reset@example.com", &member(&pair, "refresh_token")).status, 200);
    assert_eq!(exchange(&server, &value, "1440").status, 401, "used");
    assert_eq!(server.send(&password_grant("reset@example.com", NEW)).status, 200);
}

#[test]
fn a_password_against_the_policy_consumes_nothing() {
    let server = server();
    let token = must_reset(&server);
    let answer = complete(&server, &token, "short");
    assert_eq!(answer.status, 400, "{answer:?}");
    let body = json_of(&answer);
    assert_eq!((body["WasSuccessful"].as_bool(), body["Status"].as_u64()), (Some(false), Some(400)));
    let error = &body["Errors"][0];
    assert!(error["AttemptedValue"].is_null() && error["Message"].is_string() && error["PropertyName"].is_string());
    assert_eq!(complete(&server, &token, NEW).status, 200);
}

#[test]
fn unknown_tokens_and_bad_parameters_are_400_or_401() {
    let server = server();
    assert_eq!(complete(&server, &"A".repeat(43), NEW).status, 400);
    assert_eq!(exchange(&server, "abc", "1440").status, 401);
    assert_eq!(exchange(&server, "abc", "0").status, 400);
    assert_eq!(exchange(&server, "abc", "20161").status, 400);
    let answer = server.send(&Request::get("/api/sys/users/exchange?token=abc&validForInMinutes=1440"));
    assert_eq!((answer.status, answer.sole("allow")), (405, "POST"));
}

#[test]
fn rule_10_a_reset_ends_refresh_and_access_tokens() {
    let server = server();
    let before = sign_in(&server, JANE, APP);
    let body = serde_json::json!({ "Email": JANE, "BusinessId": 1 }).to_string();
    let asked = server.send(&Request::new("POST", "/api/sys/users/startPasswordReset").json(&body));
    assert_eq!(asked.status, 200, "{asked:?}");
    let unknown = serde_json::json!({ "Email": "nobody@example.com", "BusinessId": 1 }).to_string();
    let unknown = server.send(&Request::new("POST", "/api/sys/users/startPasswordReset").json(&unknown));
    assert_eq!((unknown.status, &unknown.body), (200, &asked.body), "nothing tells whether the account exists");
    let account = server.block_on(async {
        use auth_issuer::AccountStore as _;
        let key = auth_issuer::LoginKey::parse(JANE).expect("a login");
        let accounts = server.context.store.clone();
        accounts.find_account(&key).await.expect("a store").expect("an account")
    });
    server.block_on(async {
        use auth_issuer::accounts::AccountAdmin as _;
        server.context.store.raise_epoch(account.id()).await.expect("a store")
    });
    assert_eq!(profile(&server, &member(&before, "access_token")).status, 401);
    assert_error(&refresh(&server, APP, &member(&before, "refresh_token")), 400, "invalid_grant");
}
