//! Section 1: `POST /login`.

use std::time::Duration;

use auth_issuer::AccountState;
use auth_issuer::accounts::AccountAdmin as _;
use serde_json::json;
use systems::Throttling;

use super::*;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const PRINTED: &str = "{\n    \"username\": \"testemail@gmail.com\",\n    \"password\": \"123456789\",\n}";

fn post(server: &InProcess, kind: Option<&str>, body: &str) -> Response {
    let request = Request::new("POST", "/api/v1/login");
    let request = match kind {
        Some(kind) => request.header(kind),
        None => request,
    };
    server.send(&request.body(body))
}

#[test]
fn success_200_with_id_name_email_is_staff_is_active_jwt_token() {
    let server = server();
    let answer = sign_in(&server, GUEST, GUEST_PASSWORD);
    let data = succeeded(&answer, "Login successful");
    let jwt = token(&answer);
    let expected = json!({
        "id": 18, "name": "Test User", "email": "testemail@gmail.com", "is_staff": false, "is_active": true, "jwtToken": jwt,
    });
    assert_eq!(data, expected);
    assert!(jwt.starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."), "{jwt}");
    assert_eq!(succeeded(&credits(&server, &[&bearer(&jwt)]), CREDITS)["available_balance"], "1228.55600");

    let data = succeeded(&sign_in(&server, ADMIN, PASSWORD), "Login successful");
    assert_eq!((&data["is_staff"], &data["name"]), (&json!(true), &json!("Administrator")));
    assert!(data["id"].is_u64());
}

const CREDITS: &str = "User credit balance successfully retrieved";

#[test]
fn at_api_v1_and_at_the_root() {
    let server = server();
    for path in ["/login", "/api/v1/login"] {
        let answer = server.send(&form(path, &[("username", GUEST), ("password", GUEST_PASSWORD)]));
        succeeded(&answer, "Login successful");
    }
}

#[test]
fn username_compares_without_ascii_case() {
    assert_eq!(sign_in(&server(), "TestEmail@GMAIL.com", GUEST_PASSWORD).status, 200);
}

#[test]
fn encoding_1_a_true_form() {
    let server = server();
    let body = "username=testemail%40gmail.com&password=123456789";
    for kind in [FORM, "Content-Type: Application/X-WWW-Form-URLencoded; charset=UTF-8"] {
        let request = Request::new("POST", "/login").header(kind).header("Accept: application/json, text/plain, */*");
        succeeded(&server.send(&request.body(body)), "Login successful");
    }
}

#[test]
fn encoding_2_json_with_an_object() {
    let server = server();
    let body = r#"{"username":"testemail@gmail.com","password":"123456789"}"#;
    for kind in ["Content-Type: application/json", "Content-Type: application/json; charset=utf-8"] {
        succeeded(&post(&server, Some(kind), body), "Login successful");
    }
    failed(&post(&server, Some("Content-Type: application/json"), PRINTED), 400, "Malformed request body", &[]);
}

#[test]
fn encoding_3_a_form_whose_first_non_blank_byte_is_a_brace() {
    let server = server();
    for body in [
        PRINTED,
        &format!(" \r\n\t{PRINTED}\n"),
        r#"{"username":"testemail@gmail.com","password":"123456789"}"#,
        r#"{"username":"testemail@gmail.com","password":"123456789" , }"#,
    ] {
        succeeded(&post(&server, Some(FORM), body), "Login successful");
        succeeded(&post(&server, None, body), "Login successful");
    }
    for body in [
        r#"{"username":"testemail@gmail.com","password":"123456789",,}"#,
        r#"{"username":"testemail@gmail.com","username":"testemail@gmail.com","password":"123456789",}"#,
        r#"{username:"testemail@gmail.com"}"#,
        "{,}",
        "{",
    ] {
        failed(&post(&server, Some(FORM), body), 400, "Malformed request body", &[]);
    }
}

#[test]
fn the_leniency_is_a_named_option() {
    let strict = InProcess::start(NebulaBlock, &["lenient_json=false"]);
    for kind in [Some(FORM), None] {
        failed(&post(&strict, kind, PRINTED), 422, "username is required", &[]);
    }
    assert_eq!(sign_in(&strict, GUEST, GUEST_PASSWORD).status, 200);
    assert_eq!(post(&strict, None, "username=testemail%40gmail.com&password=123456789").status, 200);
}

#[test]
fn encoding_4_multipart_and_others_415() {
    let server = server();
    let body = "username=testemail%40gmail.com&password=123456789";
    for kind in [
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Type: text/plain",
        "Content-Type: application/jsonp",
        "Content-Type: ",
        "Content-Type: application/json\r\nContent-Type: application/json",
    ] {
        failed(&post(&server, Some(kind), body), 415, "Unsupported content type", &[]);
    }
}

#[test]
fn extra_oauth_fields_are_ignored() {
    let fields = [
        ("grant_type", "password"),
        ("username", GUEST),
        ("password", GUEST_PASSWORD),
        ("scope", "everything"),
        ("client_id", ""),
    ];
    succeeded(&server().send(&form("/login", &fields)), "Login successful");
}

#[test]
fn wrong_user_or_password_401_and_the_two_cannot_be_told_apart() {
    let server = server();
    let challenge = [("www-authenticate", CHALLENGE)];
    let wrong_password = sign_in(&server, GUEST, "1234567890");
    failed(&wrong_password, 401, "Incorrect username or password", &challenge);
    for (user, password) in [
        ("nobody@example.com", GUEST_PASSWORD),
        (GUEST, "12345678"),
        (GUEST, " 123456789"),
        (GUEST, "12345678\u{0}9"),
        ("testemail@gmail.com\u{0}", GUEST_PASSWORD),
        (&"x".repeat(5_000), GUEST_PASSWORD),
        (ADMIN, &"x".repeat(2_000)),
    ] {
        assert_eq!(sign_in(&server, user, password), wrong_password, "{user:.30}");
    }
}

#[test]
fn account_not_activated_403_only_after_the_right_password() {
    let server = server();
    failed(&sign_in(&server, INACTIVE, PASSWORD), 403, "Account is not activated", &[]);
    let wrong = sign_in(&server, INACTIVE, "wrong");
    failed(&wrong, 401, "Incorrect username or password", &[("www-authenticate", CHALLENGE)]);
}

#[test]
fn suspended_is_as_wrong_credentials() {
    let server = server();
    for state in [AccountState::Suspended, AccountState::MustReset] {
        assert!(server.block_on(server.context.store.set_state("18", state)).expect("a store").is_some());
        let answer = sign_in(&server, GUEST, GUEST_PASSWORD);
        failed(&answer, 401, "Incorrect username or password", &[("www-authenticate", CHALLENGE)]);
    }
}

#[test]
fn field_missing_or_empty_422_names_the_field() {
    let server = server();
    for (body, field) in [
        ("password=x", "username"),
        ("username=&password=x", "username"),
        ("username=x", "password"),
        ("username=x&password=", "password"),
        ("", "username"),
        ("Username=x&password=x", "username"),
    ] {
        failed(&post(&server, Some(FORM), body), 422, &format!("{field} is required"), &[]);
        failed(&post(&server, None, body), 422, &format!("{field} is required"), &[]);
    }
    for (body, field) in [
        (r#"{"username":null,"password":"x"}"#, "username"),
        (r#"{"username":1,"password":"x"}"#, "username"),
        (r#"{"username":"x","password":["x"]}"#, "password"),
        (r#"{"username":"x","password":null}"#, "password"),
        ("{}", "username"),
    ] {
        failed(&post(&server, Some("Content-Type: application/json"), body), 422, &format!("{field} is required"), &[]);
    }
}

#[test]
fn body_unparsable_400() {
    let server = server();
    for body in ["[]", "null", "\"x\"", "1", "", "{", r#"{"username":"x","password":"y"} z"#, "\u{feff}{}"] {
        failed(&post(&server, Some("Content-Type: application/json"), body), 400, "Malformed request body", &[]);
    }
    for body in ["username=%", "username=%zz&password=x", "username=%ff&password=x"] {
        failed(&post(&server, Some(FORM), body), 400, "Malformed request body", &[]);
        failed(&post(&server, None, body), 400, "Malformed request body", &[]);
    }
}

/// RFC 6749 §3.2: parameters must not be repeated.
#[test]
fn a_repeated_field_400() {
    let server = server();
    for body in ["username=a&username=a&password=b", "username=a&password=b&scope=&scope="] {
        failed(&post(&server, Some(FORM), body), 400, "Malformed request body", &[]);
    }
    let body = r#"{"username":"a","password":"b","password":"b"}"#;
    failed(&post(&server, Some("Content-Type: application/json"), body), 400, "Malformed request body", &[]);
}

#[test]
fn throttled_429_with_retry_after_alike_for_known_and_unknown_names() {
    let server = server();
    for user in [GUEST, "nobody@example.com"] {
        for _ in 0..10 {
            assert_eq!(sign_in(&server, user, "wrong").status, 401);
        }
        for password in ["wrong", GUEST_PASSWORD] {
            let answer = sign_in(&server, user, password);
            let seconds = answer.sole("retry-after").to_owned();
            assert!((1..=60).contains(&seconds.parse::<u64>().expect("seconds")), "{seconds}");
            failed(&answer, 429, "Too many login attempts", &[("retry-after", &seconds)]);
        }
    }
    assert_eq!(sign_in(&server, ADMIN, PASSWORD).status, 200, "another name is not concerned");
    server.clock.advance(Duration::from_secs(61));
    assert_eq!(sign_in(&server, GUEST, GUEST_PASSWORD).status, 200, "failures while throttled do not extend it");
}

#[test]
fn the_right_password_of_an_account_that_may_not_sign_in_is_throttled_like_a_wrong_one() {
    for state in [AccountState::Suspended, AccountState::MustReset] {
        let eleven = |password| {
            let server = server();
            assert!(server.block_on(server.context.store.set_state("18", state)).expect("a store").is_some());
            (0..11).map(|_| sign_in(&server, GUEST, password)).collect::<Vec<_>>()
        };
        let right = eleven(GUEST_PASSWORD);
        assert_eq!(right, eleven("wrong"), "{state:?}");
        assert_eq!(right.iter().map(|answer| answer.status).collect::<Vec<_>>(), [vec![401; 10], vec![429]].concat());
    }
    let server = server();
    for _ in 0..11 {
        assert_eq!(sign_in(&server, INACTIVE, PASSWORD).status, 403, "that is said, so there is nothing to hide");
    }
}

#[test]
fn throttle_off_never_says_429() {
    let server = InProcess::start_with(NebulaBlock, &[], |options| options.throttle = Throttling::Off);
    for _ in 0..15 {
        assert_eq!(sign_in(&server, GUEST, "wrong").status, 401);
    }
    assert_eq!(sign_in(&server, GUEST, GUEST_PASSWORD).status, 200);
}

#[test]
fn eight_right_sign_ins_at_once_all_succeed() {
    let server = server();
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| sign_in(&server, GUEST, GUEST_PASSWORD).status)).collect();
        assert!(all.into_iter().all(|one| one.join().expect("an answer") == 200));
    });
}

#[test]
fn needs_no_credential_and_ignores_one() {
    let server = server();
    let request = form("/login", &[("username", GUEST), ("password", GUEST_PASSWORD)]);
    assert_eq!(server.send(&request.header("Authorization: Bearer expired")).status, 200);
}
