//! Section 1: `POST /sys/users/token`, and what the token is.

use std::time::{Duration, UNIX_EPOCH};

use auth_issuer::audit::AuditName;
use nexudus_users::NexudusUsers;
use systems::testing::{Audited, EventLog, InProcess, Request, form};

use crate::support::{
    JANE, PASSWORD, TOKEN, WRONG, assert_failed, assert_problem, assert_uncached, decoded, server, sign_in, value,
};

const INVALID: &str = r#"{"Status":400,"Message":"The request body is not valid JSON.","WasSuccessful":false}"#;

/// How long the token of a body lives, in seconds.
#[track_caller]
fn life(server: &InProcess, more: &str) -> i64 {
    let body = format!(r#"{{"email":"{JANE}","password":"{PASSWORD}"{more}}}"#);
    let (_, claims) = decoded(&value(&server.send(&Request::new("POST", TOKEN).json(body))));
    claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap()
}

#[test]
fn right_credentials_with_or_without_api_and_slash() {
    let server = server();
    for path in ["/sys/users/token", "/sys/users/token/", "/api/sys/users/token", "/api/sys/users/token/"] {
        let body = format!(r#"{{"email":"{JANE}","password":"{PASSWORD}","validityInMinutes":30}}"#);
        value(&server.send(&Request::new("POST", path).json(body)));
    }
}

#[test]
fn field_names_match_in_any_case_and_unknown_ones_are_ignored() {
    let server = server();
    let body =
        format!(r#"{{"Email":"JANE.DOE@example.com","Password":"{PASSWORD}","grant_type":"password","x":[{{}}]}}"#);
    value(&server.send(&Request::new("POST", TOKEN).json(body)));
    value(&server.send(&form(TOKEN, &[("email", JANE), ("password", PASSWORD), ("validityInMinutes", "5")])));
}

#[test]
fn validity_defaults_to_30_is_clamped_and_may_be_a_text() {
    let server = server();
    for (more, minutes) in [
        ("", 30),
        (r#","validityInMinutes":5"#, 5),
        (r#","VALIDITYINMINUTES":"45""#, 45),
        (r#","validityInMinutes":0"#, 1),
        (r#","validityInMinutes":-7"#, 1),
        (r#","validityInMinutes":1440"#, 1440),
        (r#","validityInMinutes":99999999"#, 1440),
        (r#","validityInMinutes":"soon""#, 30),
        (r#","validityInMinutes":null"#, 30),
        (r#","validityInMinutes":1e30"#, 30),
        (r#","validityInMinutes":[5]"#, 30),
        (r#","validityInMinutes":{}"#, 30),
    ] {
        assert_eq!(life(&server, more), minutes * 60, "{more}");
    }
}

#[test]
fn token_format() {
    let server = server();
    let (one, other) = (value(&server.send(&sign_in(JANE, PASSWORD))), value(&server.send(&sign_in(JANE, PASSWORD))));
    let (header, claims) = decoded(&one);
    assert_eq!(header, r#"{"alg":"HS256","typ":"JWT"}"#);
    let now = server.context.clock.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for (claim, expected) in [
        ("email", serde_json::json!(JANE)),
        ("iss", "nexudus-users".into()),
        ("aud", "https://spaces.nexudus.com".into()),
        ("exp", (now + 1_800).into()),
        ("nbf", now.into()),
        ("iat", now.into()),
        ("sub", "42".into()),
        ("purpose", "user".into()),
    ] {
        assert_eq!(claims[claim], expected, "{claim}");
    }
    assert_eq!(claims["jti"].as_str().unwrap().len(), 22, "128 bits");
    assert_ne!(claims["jti"], decoded(&other).1["jti"]);
}

#[test]
fn wrong_email_or_password_suspended_are_one_answer() {
    let server = server();
    let wrong = server.send(&sign_in(JANE, "wrong"));
    assert_failed(&wrong, 200, WRONG);
    for (email, password) in [
        ("nobody@example.com", PASSWORD),
        ("suspended@example.com", PASSWORD),
        ("suspended@example.com", "wrong"),
        ("\\u0000", "\\n"),
    ] {
        assert_eq!(server.send(&sign_in(email, password)), wrong, "{email}");
    }
}

#[test]
fn field_missing_or_not_a_string() {
    let server = server();
    for body in [
        "{}",
        r#"{"email":"jane.doe@example.com"}"#,
        r#"{"password":"S3cur3P@ss"}"#,
        r#"{"email":42,"password":"S3cur3P@ss"}"#,
        r#"{"email":"jane.doe@example.com","password":null}"#,
        r#"{"email":"jane.doe@example.com","password":["S3cur3P@ss"]}"#,
        r#"{"email":"","password":""}"#,
    ] {
        assert_failed(&server.send(&Request::new("POST", TOKEN).json(body)), 200, WRONG);
    }
}

#[test]
fn body_not_json() {
    let server = server();
    let documentation = "{ email: 'jane.doe@example.com', password: 'S3cur3P@ss' }";
    let twice = r#"{"email":"a","Email":"b","password":"c"}"#;
    for body in ["", "{", "[]", "null", documentation, twice, r#"{"email":"a","email":"a"}"#, r#"{"password":"x",}"#] {
        assert_failed(&server.send(&Request::new("POST", TOKEN).json(body)), 400, INVALID);
    }
    let repeated =
        Request::new("POST", TOKEN).header("Content-Type: application/x-www-form-urlencoded").body("email=a&Email=b");
    assert_failed(&server.send(&repeated), 400, INVALID);
}

#[test]
fn any_other_type_is_415_with_envelope() {
    let server = server();
    let body = format!(r#"{{"email":"{JANE}","password":"{PASSWORD}"}}"#);
    for kind in ["text/plain", "multipart/form-data; boundary=x", "application/jsonp", "application/xml"] {
        let request = Request::new("POST", TOKEN).header(&format!("Content-Type: {kind}")).body(&body);
        assert_problem(&server.send(&request), 415);
    }
    assert_problem(&server.send(&Request::new("POST", TOKEN).body(&body)), 415);
    let charset = Request::new("POST", TOKEN).header("content-type: application/JSON;charset=utf-8").body(&body);
    value(&server.send(&charset));
}

#[test]
fn long_body_and_other_methods() {
    let server = server();
    let long = format!(r#"{{"email":"{}"}}"#, "x".repeat(17 * 1024));
    assert_problem(&server.send(&Request::new("POST", TOKEN).json(long)), 413);
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = server.send(&Request::new(method, TOKEN));
        assert_problem(&answer, 405);
        assert_eq!(answer.sole("allow"), "POST");
    }
    assert_eq!(server.send(&Request::new("HEAD", TOKEN)).status, 405);
    let two = sign_in(JANE, PASSWORD).headers(&["Authorization: Bearer a", "Authorization: Bearer b"]);
    assert_problem(&server.send(&two), 400);
}

/// A server with an account that has a second factor, one that is suspended, and one that needs a new password.
fn server_of_the_useless(test: &str) -> InProcess {
    let accounts = format!(
        "[[account]]\nlogin = \"twofa@example.com\"\npassword = \"{PASSWORD}\"\n\
         totp_secret = \"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\"\n\
         [[account]]\nlogin = \"reset@example.com\"\npassword = \"{PASSWORD}\"\nstate = \"must_reset\"\n\
         [[account]]\nlogin = \"suspended@example.com\"\npassword = \"{PASSWORD}\"\nstate = \"suspended\"\n"
    );
    let name = format!("{test}-{}.toml", std::process::id());
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, accounts).unwrap();
    let server = InProcess::start_with(NexudusUsers, &[], |options| options.accounts = Some(file.clone()));
    std::fs::remove_file(&file).unwrap();
    server
}

#[test]
fn user_has_2fa_as_wrong_credentials() {
    let server = server_of_the_useless("twofa");
    for login in ["twofa@example.com", "reset@example.com"] {
        assert_failed(&server.send(&sign_in(login, PASSWORD)), 200, WRONG);
    }
    let with_code = format!(r#"{{"email":"twofa@example.com","password":"{PASSWORD}","totp":"287082"}}"#);
    assert_failed(&server.send(&Request::new("POST", TOKEN).json(with_code)), 200, WRONG);
}

#[test]
fn throttled_at_the_eleventh_failure_alike_for_known_and_unknown_names() {
    let server = server();
    let mut answers = Vec::new();
    for email in [JANE, "nobody@example.com"] {
        for _ in 0..10 {
            assert_failed(&server.send(&sign_in(email, "wrong")), 200, WRONG);
        }
        let answer = server.send(&sign_in(email, PASSWORD));
        assert_problem(&answer, 429);
        assert!((1..=60).contains(&answer.sole("retry-after").parse::<u64>().unwrap()));
        answers.push(answer);
    }
    assert_eq!(answers[0], answers[1]);
    server.clock.advance(Duration::from_secs(61));
    value(&server.send(&sign_in(JANE, PASSWORD)));
}

#[test]
fn the_right_password_of_a_user_who_gets_no_token_is_throttled_like_a_wrong_one() {
    let server = server_of_the_useless("throttled");
    for login in ["twofa@example.com", "reset@example.com", "suspended@example.com"] {
        let eleven = |password| {
            server.clock.advance(Duration::from_secs(61));
            (0..11).map(|_| server.send(&sign_in(login, password))).collect::<Vec<_>>()
        };
        let right = eleven(PASSWORD);
        assert_eq!(right, eleven("wrong"), "{login}");
        assert_eq!(right.iter().map(|answer| answer.status).collect::<Vec<_>>(), [vec![200; 10], vec![429]].concat());
    }
}

#[test]
fn unknown_paths_are_answered_with_an_envelope_or_a_page() {
    let server = server();
    for path in ["/", "/sys", "/api/sys/users", "/nothing"] {
        assert_problem(&server.get(path, &[]), 404);
    }
    let page = server.get("/nothing", &["Accept: text/html"]);
    assert_eq!((page.status, page.sole("content-type")), (404, "text/html; charset=utf-8"));
    assert_uncached(&page);
}

#[test]
fn tokens_are_in_the_audit_log() {
    let log = EventLog::default();
    let server = InProcess::start(Audited(NexudusUsers, log.clone()), &[]);
    value(&server.send(&sign_in(JANE, PASSWORD)));
    assert_eq!(log.accounts(AuditName::TOKEN_CREATED, "user"), ["42"]);
    let grant = form("/api/token", &[("grant_type", "password"), ("username", JANE), ("password", PASSWORD)]);
    assert_eq!(server.send(&grant).status, 200);
    assert_eq!(log.accounts(AuditName::TOKEN_CREATED, "rest"), ["42"]);
}
