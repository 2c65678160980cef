//! Section 1: the password grant.

use systems::testing::{Request, form, json_of};

use super::{APP, JANE, PASSWORD, assert_error, assert_uncached, member, password_grant, server, sign_in};

#[test]
fn success_is_a_pair_of_tokens_for_seven_days() {
    let server = server();
    let answer = sign_in(&server, JANE, APP);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_uncached(&answer);
    let body = json_of(&answer);
    assert_eq!(body["token_type"], "bearer");
    assert!([604_799, 604_800].contains(&body["expires_in"].as_u64().expect("a number")));
    assert_eq!(body["refresh_token"].as_str().map(str::len), Some(43));
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(4), "nothing else");
}

#[test]
fn grant_type_missing_or_body_not_form_encoded_is_unsupported_grant_type() {
    let server = server();
    assert_error(
        &server.send(&form("/api/token", &[("username", JANE), ("password", PASSWORD)])),
        400,
        "unsupported_grant_type",
    );
    assert_error(&server.send(&Request::new("POST", "/api/token").json("{}")), 400, "unsupported_grant_type");
}

#[test]
fn unknown_wrong_and_elsewhere_look_the_same() {
    let server = server();
    let unknown = server.send(&password_grant("nobody@example.com", PASSWORD));
    assert_error(&unknown, 400, "invalid_grant");
    assert_eq!(member(&unknown, "error_description"), "The email or password is incorrect.");
    for (user, password) in [
        (JANE, "wrong"),
        ("elsewhere@example.com", PASSWORD),
        ("suspended@example.com", "wrong"),
        ("reset@example.com", "wrong"),
    ] {
        assert_eq!(server.send(&password_grant(user, password)).body, unknown.body, "{user}");
    }
}

#[test]
fn suspended_is_told_after_the_right_password() {
    let server = server();
    let suspended = server.send(&password_grant("suspended@example.com", PASSWORD));
    assert_error(&suspended, 400, "invalid_grant");
    assert_ne!(member(&suspended, "error_description"), "The email or password is incorrect.");
}

#[test]
fn totp_absent_empty_or_wrong_is_two_factor_auth_check() {
    let server = server();
    let fields = [("grant_type", "password"), ("username", "twofa@example.com"), ("password", PASSWORD)];
    assert_error(&server.send(&form("/api/token", &fields)), 400, "two_factor_auth_check");
    for code in ["", "000000", "12345a"] {
        let mut fields = fields.to_vec();
        fields.push(("totp", code));
        assert_error(&server.send(&form("/api/token", &fields)), 400, "two_factor_auth_check");
    }
}

#[test]
fn must_reset_password_describes_itself_by_the_reset_token_alone() {
    let server = server();
    let answer = server.send(&password_grant("reset@example.com", PASSWORD));
    assert_error(&answer, 400, "must_reset_password");
    let token = member(&answer, "error_description");
    assert!(token.len() == 43 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{token}");
}

#[test]
fn parameters_missing_or_repeated_are_invalid_request() {
    let server = server();
    for fields in [
        &[("grant_type", "password"), ("username", JANE)][..],
        &[("grant_type", "password"), ("password", PASSWORD)],
        &[("grant_type", "password"), ("username", JANE), ("username", JANE), ("password", PASSWORD)],
    ] {
        assert_error(&server.send(&form("/api/token", fields)), 400, "invalid_request");
    }
    let differs = form(
        "/api/token",
        &[("grant_type", "password"), ("username", JANE), ("password", PASSWORD), ("client_id", "a")],
    );
    assert_error(&server.send(&differs.header("client_id: b")), 400, "invalid_request");
}

#[test]
fn throttled_is_temporarily_unavailable_with_retry_after() {
    let server = server();
    for _ in 0..10 {
        assert_error(&server.send(&password_grant(JANE, "wrong")), 400, "invalid_grant");
    }
    let answer = server.send(&password_grant(JANE, PASSWORD));
    assert_error(&answer, 429, "temporarily_unavailable");
    assert!((1..=60).contains(&answer.sole("retry-after").parse::<u32>().expect("seconds")));
}

#[test]
fn other_methods_are_405_with_allow() {
    let answer = server().send(&Request::get("/api/token"));
    assert_eq!((answer.status, answer.sole("allow")), (405, "POST"));
}
