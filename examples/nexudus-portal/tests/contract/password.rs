//! Section 1: the password grant.

use std::time::Duration;

use auth_core::Clock as _;
use auth_issuer::accounts::AccountState;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use systems::testing::{Request, form, json_of};

use super::{
    JANE, PASSWORD, RESET, TWOFA, assert_error, assert_uncached, code, code_at, grant, member, refresh, server,
    set_state, sign_in,
};

const INCORRECT: &str = "The email or password is incorrect.";

#[test]
fn success_is_200_with_four_members_and_no_store() {
    let server = server();
    let answer = sign_in(&server, JANE, PASSWORD);
    assert_eq!((answer.status, answer.sole("content-type")), (200, "application/json;charset=UTF-8"));
    assert_uncached(&answer);
    let body = json_of(&answer);
    let mut names: Vec<_> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["access_token", "expires_in", "refresh_token", "token_type"]);
    assert_eq!(body["token_type"], "bearer");
    assert!([604_799, 604_800].contains(&body["expires_in"].as_u64().expect("a number")), "{body}");
    let refresh = member(&answer, "refresh_token");
    assert!(refresh.len() == 43 && refresh.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
}

#[test]
fn access_token_is_rs256_and_says_whom_and_which_client_it_is_for() {
    let server = server();
    let request = grant(&server, "Jane.Doe@Example.com", PASSWORD, &[("unknown", "ignored")])
        .header("Client_ID: nexudus.portal.jane.doe@example.com");
    let token = member(&server.send(&request), "access_token");
    let parts: Vec<_> = token.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).collect();
    assert_eq!(parts[0], br#"{"alg":"RS256","typ":"JWT"}"#);
    let claims: serde_json::Value = serde_json::from_slice(&parts[1]).expect("JSON");
    for name in ["iss", "aud", "roles", "iat", "nbf", "jti"] {
        assert!(!claims[name].is_null(), "{name}: {claims}");
    }
    assert_eq!((&claims["sub"], &claims["email"]), (&"42".into(), &JANE.into()));
    assert_eq!(claims["client_id"], "nexudus.portal.jane.doe@example.com");
    assert_eq!(claims["exp"].as_u64(), claims["iat"].as_u64().map(|at| at + 604_800));
}

#[test]
fn client_id_both_present_and_different_or_none_at_all() {
    let server = server();
    let request = |field: &str| grant(&server, JANE, PASSWORD, &[("client_id", field)]);
    assert_error(&server.send(&request("one").header("client_id: two")), 400, "invalid_request");
    for bad in ["a b", "ä", &"x".repeat(201)] {
        assert_error(&server.send(&request(bad)), 400, "invalid_request");
    }
    for bad in ["a b", &"x".repeat(201)] {
        let request = grant(&server, JANE, PASSWORD, &[]).header(&format!("client_id: {bad}"));
        assert_error(&server.send(&request), 400, "invalid_request");
    }
    let twice = grant(&server, JANE, PASSWORD, &[]).headers(&["client_id: a", "client_id: a"]);
    assert_error(&server.send(&twice), 400, "invalid_request");
    for good in
        [request("one").header("client_id: one"), request("one").header("client_id:"), request(&"x".repeat(200))]
    {
        assert_eq!(server.send(&good).status, 200);
    }
    let empty = server.send(&request(""));
    assert_eq!(refresh(&server, JANE, &member(&empty, "refresh_token")).status, 200, "empty is absent: the e-mail");
}

#[test]
fn grant_type_missing_or_body_not_form_encoded() {
    let server = server();
    for grant in [&[][..], &[("grant_type", "")], &[("grant_type", "client_credentials")]] {
        let fields = [grant, &[("username", JANE), ("password", PASSWORD)]].concat();
        assert_error(&server.send(&form("/api/token", &fields)), 400, "unsupported_grant_type");
    }
    let json = r#"{"grant_type":"password","username":"jane.doe@example.com","password":"S3cur3P@ss"}"#;
    for line in ["Content-Type: application/json", "Content-Type: text/plain", "X-None: 1"] {
        let request = Request::new("POST", "/api/token").header(line).body(json);
        assert_error(&server.send(&request), 400, "unsupported_grant_type");
    }
}

#[test]
fn wrong_email_wrong_password_and_not_registered_are_one_answer() {
    let server = server();
    let answers = [(JANE, "wrong"), ("nobody@example.com", PASSWORD), ("elsewhere@example.com", PASSWORD)]
        .map(|(user, password)| sign_in(&server, user, password));
    for answer in &answers {
        assert_error(answer, 400, "invalid_grant");
        assert_eq!(answer, &answers[0]);
    }
    assert_eq!(member(&answers[0], "error_description"), INCORRECT);
}

#[test]
fn account_suspended_is_said_only_after_the_right_password() {
    let server = server();
    let wrong = sign_in(&server, "suspended@example.com", "wrong");
    assert_eq!(member(&wrong, "error_description"), INCORRECT);
    let right = sign_in(&server, "suspended@example.com", PASSWORD);
    assert_error(&right, 400, "invalid_grant");
    assert_ne!(member(&right, "error_description"), INCORRECT);
}

#[test]
fn suspended_comes_before_totp() {
    let server = server();
    set_state(&server, TWOFA, AccountState::Suspended);
    assert_error(&sign_in(&server, TWOFA, PASSWORD), 400, "invalid_grant");
}

#[test]
fn two_factor_and_totp_absent_empty_or_invalid() {
    let server = server();
    let with = |totp: &str| server.send(&grant(&server, TWOFA, PASSWORD, &[("totp", totp)]));
    let answers = [sign_in(&server, TWOFA, PASSWORD), with(""), with("000000"), with("12345"), with("abcdef")];
    for answer in &answers {
        assert_error(answer, 400, "two_factor_auth_check");
        assert_eq!(answer, &answers[0], "one code for all of them");
    }
    let ahead = code_at(server.clock.now() + Duration::from_secs(31));
    assert_error(&with(&ahead), 400, "two_factor_auth_check");
}

#[test]
fn totp_of_the_step_before_and_of_the_present_one_each_once() {
    let server = server();
    let with = |totp: &str| server.send(&grant(&server, TWOFA, PASSWORD, &[("totp", totp)]));
    // The requests move the clock by a second each, so begin where a step does.
    let into = server.clock.now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs() % 30;
    server.clock.advance(Duration::from_secs(30 - into));
    let (before, now) = (code_at(server.clock.now() - Duration::from_secs(30)), code(&server));
    assert_eq!(with(&before).status, 200);
    assert_error(&with(&before), 400, "two_factor_auth_check");
    assert_eq!(with(&now).status, 200);
    assert_error(&with(&now), 400, "two_factor_auth_check");
    assert_error(&with(&before), 400, "two_factor_auth_check");
}

#[test]
fn wrong_password_never_yields_one_of_the_two_special_codes() {
    let server = server();
    for (user, totp) in [(TWOFA, ""), (TWOFA, code(&server).as_str()), (RESET, "")] {
        assert_error(&server.send(&grant(&server, user, "wrong", &[("totp", totp)])), 400, "invalid_grant");
    }
    assert_eq!(server.send(&grant(&server, TWOFA, PASSWORD, &[("totp", &code(&server))])).status, 200, "unspent");
}

#[test]
fn password_must_be_reset_first_and_the_description_is_the_token_itself() {
    let server = server();
    let answer = sign_in(&server, RESET, PASSWORD);
    assert_error(&answer, 400, "must_reset_password");
    let token = member(&answer, "error_description");
    assert_eq!(token.len(), 43);
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "URL-safe");
}

#[test]
fn must_reset_is_said_when_every_other_factor_has_passed() {
    let server = server();
    set_state(&server, TWOFA, AccountState::MustReset);
    assert_error(&sign_in(&server, TWOFA, PASSWORD), 400, "two_factor_auth_check");
    let answer = server.send(&grant(&server, TWOFA, PASSWORD, &[("totp", &code(&server))]));
    assert_error(&answer, 400, "must_reset_password");
}

#[test]
fn username_or_password_missing_or_repeated() {
    let server = server();
    for (present, missing) in [("username", "password"), ("password", "username")] {
        for more in [&[][..], &[(missing, "")]] {
            let fields = [&[("grant_type", "password"), (present, "x")], more].concat();
            let answer = server.send(&form("/api/token", &fields));
            assert_error(&answer, 400, "invalid_request");
            assert!(member(&answer, "error_description").contains(missing));
        }
    }
    for repeated in ["username", "password", "grant_type", "unknown"] {
        let answer = server.send(&grant(&server, JANE, PASSWORD, &[(repeated, "x"), ("unknown", "y")]));
        assert_error(&answer, 400, "invalid_request");
    }
}

#[test]
fn throttled_alike_for_known_and_unknown_names() {
    let server = server();
    let refused = [JANE, "nobody@example.com"].map(|user| {
        for _ in 0..10 {
            let wrong = form("/api/token", &[("grant_type", "password"), ("username", user), ("password", "wrong")]);
            assert_error(&server.send(&wrong), 400, "invalid_grant");
        }
        let right = form("/api/token", &[("grant_type", "password"), ("username", user), ("password", PASSWORD)]);
        let answer = server.send(&right);
        assert_error(&answer, 429, "temporarily_unavailable");
        let wait: u64 = answer.sole("retry-after").parse().expect("seconds");
        assert!((1..=60).contains(&wait), "{wait}");
        answer
    });
    assert_eq!(refused[0], refused[1]);
    server.clock.advance(Duration::from_secs(61));
    assert_eq!(sign_in(&server, JANE, PASSWORD).status, 200);
}

#[test]
fn wrong_codes_are_counted_by_themselves_and_consume_no_password() {
    let server = server();
    let wrong = if code(&server) == "000000" { "000001" } else { "000000" };
    let statuses: Vec<u16> = (0..13)
        .map(|_| {
            server
                .send(&form(
                    "/api/token",
                    &[("grant_type", "password"), ("username", TWOFA), ("password", PASSWORD), ("totp", wrong)],
                ))
                .status
        })
        .collect();
    assert_eq!(statuses, [[400; 12].as_slice(), &[429]].concat());
}

#[test]
fn body_over_16_kib_and_another_method() {
    let server = server();
    let long = "x".repeat(16 * 1024);
    let answer = server.send(&form("/api/token", &[("grant_type", "password"), ("username", &long)]));
    assert_eq!((answer.status, answer.body.as_str(), answer.sole("connection")), (413, "", "close"));
    assert_uncached(&answer);
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
        let answer = server.send(&Request::new(method, "/api/token"));
        assert_eq!((answer.status, answer.sole("allow")), (405, "POST"), "{method}");
        assert_uncached(&answer);
    }
}

#[test]
fn two_authorization_lines() {
    let server = server();
    let request = grant(&server, JANE, PASSWORD, &[]).headers(&["Authorization: a", "Authorization: b"]);
    let answer = server.send(&request);
    assert_error(&answer, 400, "invalid_request");
    assert_eq!(answer.all("www-authenticate"), [r#"Bearer realm="nexudus-portal", error="invalid_request""#]);
}
