//! Section 1: the password grant.

use std::time::Duration;

use auth_core::Clock as _;
use auth_issuer::LoginKey;
use auth_issuer::accounts::AccountStore as _;
use auth_issuer::audit::AuditName;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use nexudus_rest::NexudusRest;
use systems::testing::{Audited, EventLog, InProcess, Request, form, json_of};

use super::{ADMIN, PASSWORD, assert_error, assert_uncached, code, member, server, sign_in};

#[test]
fn success_has_four_members_and_no_store() {
    let server = server();
    let answer = sign_in(&server, ADMIN, PASSWORD);
    assert_eq!((answer.status, answer.sole("content-type")), (200, "application/json;charset=UTF-8"));
    assert_uncached(&answer);
    let body = json_of(&answer);
    let mut names: Vec<_> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["access_token", "expires_in", "refresh_token", "token_type"]);
    assert_eq!(body["token_type"], "bearer");
    assert!([604_799, 604_800].contains(&body["expires_in"].as_u64().expect("a number")), "{body}");
    assert_eq!(member(&answer, "refresh_token").len(), 43);
}

#[test]
fn access_tokens_have_the_header_of_the_sample_and_the_claims() {
    let server = server();
    let token = member(&sign_in(&server, ADMIN, PASSWORD), "access_token");
    let parts: Vec<_> = token.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).collect();
    assert_eq!(parts[0], br#"{"alg":"RS256","typ":"JWT"}"#);
    let claims: serde_json::Value = serde_json::from_slice(&parts[1]).expect("JSON");
    for name in ["iss", "aud", "sub", "email", "client_id", "roles", "iat", "nbf", "exp", "jti"] {
        assert!(!claims[name].is_null(), "{name}: {claims}");
    }
    assert_eq!((&claims["email"], &claims["client_id"]), (&ADMIN.into(), &ADMIN.into()));
    assert_eq!(claims["exp"].as_u64(), claims["iat"].as_u64().map(|at| at + 604_800));
}

#[test]
fn parameters_of_the_media_type_are_allowed_and_authorization_is_ignored() {
    let body = "grant_type=password&username=admin%40example.com&password=S3cur3P%40ss";
    let request = Request::new("POST", "/api/token")
        .headers(&["Content-Type: application/x-www-form-urlencoded; charset=utf-8", "Authorization: Bearer nonsense"]);
    assert_eq!(server().send(&request.body(body)).status, 200);
}

#[test]
fn body_is_json_text_or_anything_but_a_form() {
    let server = server();
    let json = r#"{"grant_type":"password","username":"admin@example.com","password":"S3cur3P@ss"}"#;
    for line in ["Content-Type: application/json", "Content-Type: text/plain", "X-None: 1"] {
        let request = Request::new("POST", "/api/token").header(line).body(json);
        assert_error(&server.send(&request), 400, "unsupported_grant_type");
    }
}

#[test]
fn grant_type_missing_empty_or_unknown() {
    let server = server();
    for grant in [&[][..], &[("grant_type", "")], &[("grant_type", "client_credentials")]] {
        let fields = [grant, &[("username", ADMIN), ("password", PASSWORD)]].concat();
        assert_error(&server.send(&form("/api/token", &fields)), 400, "unsupported_grant_type");
    }
}

#[test]
fn username_or_password_missing_names_the_parameter() {
    let server = server();
    for (present, missing) in [("username", "password"), ("password", "username")] {
        let answer = server.send(&form("/api/token", &[("grant_type", "password"), (present, "x")]));
        assert_error(&answer, 400, "invalid_request");
        assert!(member(&answer, "error_description").contains(missing));
    }
}

#[test]
fn parameter_repeated() {
    let fields = [("grant_type", "password"), ("username", ADMIN), ("password", PASSWORD), ("password", PASSWORD)];
    assert_error(&server().send(&form("/api/token", &fields)), 400, "invalid_request");
}

#[test]
fn wrong_user_or_password_are_one_answer() {
    let server = server();
    let answers =
        [(ADMIN, "wrong"), ("nobody@example.com", PASSWORD), ("plain@example.com", "bad\u{1}one"), ("a\u{0}b", "x")]
            .map(|(user, password)| sign_in(&server, user, password));
    for answer in &answers {
        assert_error(answer, 400, "invalid_grant");
        assert_eq!(answer, &answers[0]);
    }
    assert_eq!(member(&answers[0], "error_description"), "The user name or password is incorrect.");
}

#[test]
fn suspended_is_said_after_the_right_password_only() {
    let server = server();
    let wrong = sign_in(&server, "suspended@example.com", "wrong");
    assert_eq!(member(&wrong, "error_description"), "The user name or password is incorrect.");
    let right = sign_in(&server, "suspended@example.com", PASSWORD);
    assert_error(&right, 400, "invalid_grant");
    assert_ne!(right, wrong);
}

#[test]
fn two_factor_totp_absent_empty_wrong_good_and_used() {
    let server = server();
    let with = |totp: &str| {
        let fields =
            [("grant_type", "password"), ("username", "twofa@example.com"), ("password", PASSWORD), ("totp", totp)];
        server.send(&form("/api/token", &fields))
    };
    assert_error(&sign_in(&server, "twofa@example.com", PASSWORD), 400, "two_factor_auth_check");
    assert_error(&with(""), 400, "two_factor_auth_check");
    assert_error(&with("000000"), 400, "two_factor_auth_check");
    let ahead = code(server.clock.now() + Duration::from_secs(30));
    assert_error(&with(&ahead), 400, "two_factor_auth_check");
    let before = code(server.clock.now() - Duration::from_secs(30));
    assert_eq!(with(&before).status, 200, "the step before");
    let now = code(server.clock.now());
    assert_eq!(with(&now).status, 200, "the present one");
    assert_error(&with(&now), 400, "two_factor_auth_check");
    let wrong = server.send(&form(
        "/api/token",
        &[("grant_type", "password"), ("username", "twofa@example.com"), ("password", "wrong"), ("totp", &now)],
    ));
    assert_error(&wrong, 400, "invalid_grant");
}

#[test]
fn body_over_16_kib() {
    let long = "x".repeat(16 * 1024);
    let answer = server().send(&form("/api/token", &[("grant_type", "password"), ("username", &long)]));
    assert_eq!((answer.status, answer.body.as_str(), answer.sole("connection")), (413, "", "close"));
    assert_uncached(&answer);
}

#[test]
fn method_not_post() {
    let server = server();
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
        let answer = server.send(&Request::new(method, "/api/token"));
        assert_eq!((answer.status, answer.sole("allow")), (405, "POST"), "{method}");
        assert_uncached(&answer);
    }
}

#[test]
fn two_authorization_lines_are_refused() {
    let request = form("/api/token", &[("grant_type", "password")]).headers(&["Authorization: a", "Authorization: b"]);
    let answer = server().send(&request);
    assert_error(&answer, 400, "invalid_request");
    assert_eq!(answer.all("www-authenticate"), [r#"Bearer realm="nexudus", error="invalid_request""#]);
}

#[test]
fn too_many_attempts_of_known_and_unknown_names() {
    let server = server();
    for user in [ADMIN, "nobody@example.com"] {
        for _ in 0..10 {
            assert_error(&sign_in(&server, user, "wrong"), 400, "invalid_grant");
        }
        let answer = sign_in(&server, user, PASSWORD);
        assert_error(&answer, 429, "temporarily_unavailable");
        let wait: u64 = answer.sole("retry-after").parse().expect("seconds");
        assert!((1..=60).contains(&wait), "{wait}");
    }
    server.clock.advance(Duration::from_secs(61));
    assert_eq!(sign_in(&server, ADMIN, PASSWORD).status, 200);
}

#[test]
fn access_tokens_are_in_the_audit_log() {
    let log = EventLog::default();
    let server = InProcess::start(Audited(NexudusRest, log.clone()), &[]);
    assert_eq!(sign_in(&server, ADMIN, PASSWORD).status, 200);
    let (store, key) = (server.context.store.clone(), LoginKey::parse(ADMIN).expect("a login"));
    let account =
        server.block_on(async move { store.find_account(&key).await.expect("an answer").expect("an account") });
    assert_eq!(log.accounts(AuditName::TOKEN_CREATED, "access"), [account.id()]);
}
