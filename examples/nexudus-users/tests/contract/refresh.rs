//! Section 2: `POST /sys/users/:id/token/refresh`, and the one without an id.

use std::time::Duration;

use nexudus_users::NexudusUsers;
use systems::testing::{InProcess, Request, Response, basic, form, json_of};

use crate::support::{
    JANE, PASSWORD, UNAUTHORIZED, USED, WRONG, admin, assert_failed, assert_problem, assert_uncached, bearer, decoded,
    server, sign_in, token, value,
};

const REFRESH: &str = "/sys/users/42/token/refresh";
const BASIC: &str = r#"Basic realm="nexudus", charset="UTF-8""#;

fn post(path: &str) -> Request {
    Request::new("POST", path)
}

/// A token of this server's own `POST /api/token`.
fn rest_token(server: &InProcess, username: &str) -> String {
    let fields = [("grant_type", "password"), ("username", username), ("password", PASSWORD)];
    let answer = server.send(&form("/api/token", &fields));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_uncached(&answer);
    let body = json_of(&answer);
    assert_eq!(body["token_type"], "bearer");
    assert!(matches!(body["expires_in"].as_u64(), Some(604_799 | 604_800)));
    body["access_token"].as_str().unwrap().to_owned()
}

#[track_caller]
fn assert_unauthorized(answer: &Response, challenges: &[&str]) {
    assert_failed(answer, 401, UNAUTHORIZED);
    assert_eq!(answer.all("www-authenticate"), challenges);
}

#[test]
fn everything_refused_has_its_form() {
    let server = server();
    let admin = admin();
    let paths = [
        "/api/token",
        "/sys/users/token",
        "/sys/users/{x}/token/refresh",
        "/api/sys/users/token/refresh/",
        "/sys/users/resetPassword",
        "/en/user/resetPassword",
        "/user/login",
        "/{x}/user/login",
        "/en/",
        "/en/profile",
        "/en/user/newPassword",
        "/en/user/logout",
        "/assets/portal.css",
        "/{x}",
    ];
    systems::testing::assert_own_form(|request| server.send(request), &[&admin], &paths);
    systems::testing::assert_own_form(|request| server.send(request), &["Accept: application/json"], &paths);
}

#[test]
fn ok_by_basic_post_or_get_with_or_without_api_and_slash() {
    let server = server();
    for method in ["POST", "GET"] {
        for path in [
            REFRESH,
            "/sys/users/42/token/refresh/",
            "/api/sys/users/42/token/refresh",
            "/api/sys/users/42/token/refresh/",
        ] {
            let token = value(&server.send(&Request::new(method, path).header(&admin())));
            let (_, claims) = decoded(&token);
            assert_eq!((claims["sub"].as_str(), claims["email"].as_str()), (Some("42"), Some(JANE)));
        }
    }
}

#[test]
fn ok_by_a_bearer_of_this_servers_own_api_token() {
    let server = server();
    let rest = rest_token(&server, "admin@example.com");
    let (header, claims) = decoded(&rest);
    assert_eq!((header.as_str(), claims["purpose"].as_str()), (r#"{"alg":"RS256","typ":"JWT"}"#, Some("rest")));
    value(&server.send(&post(REFRESH).header(&bearer(&rest))));
    let profile = server.get("/en/profile?_resource=Coworker", &[&bearer(&rest)]);
    assert_eq!(profile.status, 401, "it is not a member's");
}

#[test]
fn ok_for_the_role_user_edit() {
    let server = server();
    let id = server.block_on({
        let store = server.context.store.clone();
        async move {
            use auth_issuer::AccountStore as _;
            use auth_issuer::accounts::AccountAdmin as _;
            let key = auth_issuer::LoginKey::parse("plain@example.com").unwrap();
            let account = store.find_account(&key).await.unwrap().unwrap();
            assert!(store.set_permissions(account.id(), &["User-Edit".to_owned()], &[]).await.unwrap());
            account.id().to_owned()
        }
    });
    value(&server.send(&post(REFRESH).header(&basic("plain@example.com", PASSWORD))));
    value(&server.send(&post(&format!("/sys/users/{id}/token/refresh")).header(&admin())));
}

#[test]
fn validity_nested_or_at_the_top_and_the_body_may_be_empty() {
    let server = server();
    for (body, minutes) in [
        (r#"{"auth": {"validityInMinutes": 5}}"#, 5),
        (r#"{"Auth": {"ValidityInMinutes": "6"}}"#, 6),
        (r#"{"validityInMinutes": 7}"#, 7),
        (r#"{"auth": {}, "validityInMinutes": 8}"#, 8),
        (r#"{"auth": {"validityInMinutes": 100000}}"#, 1_440),
        (r#"{"auth": 5}"#, 30),
        ("{}", 30),
        ("", 30),
    ] {
        let (_, claims) = decoded(&value(&server.send(&post(REFRESH).header(&admin()).json(body))));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap(), minutes * 60, "{body}");
    }
    for body in ["{", "[]", r#"{"auth":{"a":1,"a":1}}"#, r#"{"auth":{"validityInMinutes":1,"VALIDITYINMINUTES":2}}"#] {
        assert_problem(&server.send(&post(REFRESH).header(&admin()).json(body)), 400);
    }
}

#[test]
fn no_or_wrong_rest_credentials() {
    let server = server();
    let bare = [r#"Bearer realm="nexudus""#, BASIC];
    let invalid = [r#"Bearer realm="nexudus", error="invalid_token""#, BASIC];
    assert_unauthorized(&server.send(&post(REFRESH)), &bare);
    for header in [
        basic("admin@example.com", "wrong"),
        basic("nobody@example.com", PASSWORD),
        basic("suspended@example.com", PASSWORD),
        "Authorization: Basic !!!".to_owned(),
        "Authorization: Digest x".to_owned(),
        "Authorization:".to_owned(),
        format!("Authentication: {}", admin().split_once(": ").unwrap().1),
    ] {
        assert_unauthorized(&server.send(&post(REFRESH).header(&header)), &bare);
    }
    for header in ["Authorization: Bearer", "Authorization: Bearer x", "Authorization: bearer a.b.c"] {
        assert_unauthorized(&server.send(&post(REFRESH).header(header)), &invalid);
    }
    let two = server.send(&post(REFRESH).headers(&[&admin(), &admin()]));
    assert_problem(&two, 400);
    assert_eq!(two.all("www-authenticate"), [r#"Bearer realm="nexudus", error="invalid_request""#]);
}

#[test]
fn rest_user_without_permission() {
    let server = server();
    let lacking = [r#"Bearer realm="nexudus", error="insufficient_scope", scope="User-Edit""#, BASIC];
    for header in [basic("plain@example.com", PASSWORD), bearer(&rest_token(&server, "plain@example.com"))] {
        assert_unauthorized(&server.send(&post(REFRESH).header(&header)), &lacking);
    }
}

#[test]
fn a_user_jwt_of_section_1_sent_as_bearer() {
    let server = server();
    let answer = server.send(&post(REFRESH).header(&bearer(&token(&server))));
    assert_unauthorized(&answer, &[r#"Bearer realm="nexudus", error="invalid_token""#, BASIC]);
    let admins = value(&server.send(&sign_in("admin@example.com", PASSWORD)));
    assert_eq!(server.send(&post(REFRESH).header(&bearer(&admins))).status, 401);
}

#[test]
fn id_unknown_or_suspended() {
    let accounts = "[[account]]\nid = 7\nlogin = \"gone@example.com\"\npassword = \"S3cur3P@ss\"\nstate = \"suspended\"\n\
                    [[account]]\nlogin = \"admin@example.com\"\npassword = \"S3cur3P@ss\"\nroles = [\"admin\"]\n";
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("gone-{}.toml", std::process::id()));
    std::fs::write(&file, accounts).unwrap();
    let server = InProcess::start_with(NexudusUsers, &[], |options| options.accounts = Some(file.clone()));
    std::fs::remove_file(&file).unwrap();
    for id in ["7", "8", "99999999999999999999999999"] {
        assert_failed(&server.send(&post(&format!("/sys/users/{id}/token/refresh")).header(&admin())), 200, WRONG);
    }
}

#[test]
fn id_not_a_positive_integer_after_authentication() {
    let server = server();
    for id in ["0", "-1", "x", "4.2", "+42", "042", "42x", "%34%32x", "%ff"] {
        let path = format!("/sys/users/{id}/token/refresh");
        assert_eq!(server.send(&post(&path)).status, 401, "{id}");
        assert_problem(&server.send(&post(&path).header(&admin())), 404);
    }
}

#[test]
fn head_and_other_methods() {
    let server = server();
    assert_eq!(server.send(&Request::new("HEAD", REFRESH).header(&admin())).status, 405);
    for method in ["HEAD", "PUT", "DELETE"] {
        let answer = server.send(&Request::new(method, REFRESH).header(&admin()));
        assert_eq!((answer.status, answer.sole("allow")), (405, "GET, POST"));
        assert_uncached(&answer);
    }
}

#[test]
fn without_an_id_a_member_renews_the_token_itself_for_24_hours() {
    let server = server();
    let (first, hour) = (token(&server), Duration::from_hours(1));
    let mut current = first.clone();
    let renew = |token: &str| server.send(&post("/api/sys/users/token/refresh").header(&bearer(token)));
    for _ in 0..47 {
        server.clock.advance(hour / 2);
        current = value(&renew(&current));
    }
    let (start, last) = (decoded(&first).1, decoded(&current).1);
    assert_eq!(last["exp"].as_u64(), Some(start["iat"].as_u64().unwrap() + 24 * 3_600));
    server.clock.advance(hour / 2);
    let answer = renew(&current);
    assert_failed(&answer, 401, UNAUTHORIZED);
    assert_eq!(answer.all("www-authenticate"), [USED]);
}

#[test]
fn without_an_id_failures_are_as_of_section_2_with_the_portals_realm() {
    let server = server();
    for (path, method) in [("/sys/users/token/refresh", "POST"), ("/api/sys/users/token/refresh/", "POST")] {
        let bare = server.send(&Request::new(method, path));
        assert_failed(&bare, 401, UNAUTHORIZED);
        assert_eq!(bare.all("www-authenticate"), [r#"Bearer realm="nexudus-portal""#]);
        let basic = server.send(&Request::new(method, path).header(&admin()));
        assert_eq!((basic.status, basic.all("www-authenticate")), (401, vec![r#"Bearer realm="nexudus-portal""#]));
        let bad = server.send(&Request::new(method, path).header("Authorization: Bearer x"));
        assert_failed(&bad, 401, UNAUTHORIZED);
        assert_eq!(bad.all("www-authenticate"), [USED]);
        value(&server.send(&Request::new(method, path).header(&bearer(&token(&server)))));
    }
}
