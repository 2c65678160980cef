//! Section 1: `POST /account/login`, and the token that it answers.

use auth_issuer::AccountState;
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::audit::AuditName;
use coco_server::ExpireIn;
use systems::testing::EventLog;

use crate::server::{Answer, Options, PASSWORD, Server, decoded};

const ADMIN: &str = r#"{"email":"admin@example.com","password":"mypassword"}"#;

#[track_caller]
fn has_five_members(answer: &Answer, id: &str, username: &str) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let token = answer.text_at("access_token");
    let expected =
        format!(r#"{{"access_token":"{token}","expire_in":86400,"id":"{id}","status":"ok","username":"{username}"}}"#);
    assert_eq!(answer.text, expected);
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    answer.uncached();
}

#[tokio::test]
async fn password_single_user_mode() {
    let server = Server::with(Options::single()).await;
    has_five_members(&server.login(r#"{"password":"mypassword"}"#).await, "coco-default-user", "coco-default-user");
    server.login(r#"{"password":"wrong"}"#).await.refused(403, "failed to login");
}

#[tokio::test]
async fn email_and_password_multi_user_mode() {
    let server = Server::new().await;
    has_five_members(&server.login(ADMIN).await, "1", "admin@example.com");
    let alias = server.login(r#"{"login":"JDOE@example.com","password":"mypassword"}"#).await;
    has_five_members(&alias, "2", "jdoe@example.com");
}

#[tokio::test]
async fn wrong_password_and_unknown_email_are_one_answer() {
    let server = Server::new().await;
    let wrong = server.login(r#"{"email":"admin@example.com","password":"wrong"}"#).await;
    let unknown = server.login(r#"{"email":"nobody@example.com","password":"mypassword"}"#).await;
    wrong.refused(403, "failed to login");
    assert_eq!((wrong.text, wrong.headers), (unknown.text, unknown.headers));
}

#[tokio::test]
async fn email_given_in_single_user_mode_or_omitted_in_multi_user_mode() {
    let (single, multi) = (Server::with(Options::single()).await, Server::new().await);
    for email in ["anything", "coco-default-user", "admin@example.com"] {
        let body = format!(r#"{{"email":"{email}","password":"mypassword"}}"#);
        single.login(&body).await.refused(403, "failed to login");
    }
    multi.login(r#"{"password":"mypassword"}"#).await.refused(403, "failed to login");
}

#[tokio::test]
async fn password_missing_or_empty() {
    let server = Server::new().await;
    for password in
        ["", r#","password":"""#, r#","password":null"#, r#","password":7"#, r#","password":["mypassword"]"#]
    {
        let body = format!(r#"{{"email":"admin@example.com"{password}}}"#);
        server.login(&body).await.refused(400, "password is required");
    }
}

#[tokio::test]
async fn body_not_json() {
    let server = Server::new().await;
    let twice = r#"{"password":"mypassword","password":"mypassword"}"#;
    for body in ["", "{", "[]", "null", "\"x\"", "password=mypassword", "{} {}", twice, r#"{"email":7,"password":"x"}"#]
    {
        server.login(body).await.refused(400, "invalid JSON format");
    }
    let unknown = server.login(r#"{"email":"admin@example.com","password":"mypassword","more":[{"a":1}]}"#).await;
    assert_eq!(unknown.status, 200, "unknown fields are ignored");
}

#[tokio::test]
async fn other_content_type_or_none() {
    let server = Server::new().await;
    for kind in
        ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "application/jsonp"]
    {
        let answer = server.send("POST", "/account/login", &[("content-type", kind)], ADMIN).await;
        answer.refused(415, "unsupported content type");
    }
    server.send("POST", "/account/login", &[], ADMIN).await.refused(415, "unsupported content type");
    let charset = [("content-type", "application/JSON; charset=utf-8")];
    assert_eq!(server.send("POST", "/account/login", &charset, ADMIN).await.status, 200);
}

#[tokio::test]
async fn throttled_at_the_eleventh_failure_whatever_the_password_is_and_whoever_is_meant() {
    let server = Server::new().await;
    for email in ["admin@example.com", "nobody@example.com"] {
        for _ in 0..10 {
            let body = format!(r#"{{"email":"{email}","password":"wrong"}}"#);
            server.login(&body).await.refused(403, "failed to login");
        }
        let answer = server.login(&format!(r#"{{"email":"{email}","password":"{PASSWORD}"}}"#)).await;
        answer.refused(429, "too many login attempts, please try again later");
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    assert_eq!(server.login(r#"{"email":"jdoe@example.com","password":"mypassword"}"#).await.status, 200);
}

#[tokio::test]
async fn the_right_password_of_a_closed_account_is_throttled_like_a_wrong_one() {
    for state in [AccountState::Suspended, AccountState::Inactive, AccountState::MustReset] {
        let mut answers = [PASSWORD, "wrong"].map(|_password| Vec::new());
        for (password, answers) in [PASSWORD, "wrong"].into_iter().zip(&mut answers) {
            let server = Server::new().await;
            assert!(server.store.set_state("2", state).await.unwrap().is_some());
            for _ in 0..11 {
                let answer = server.login(&format!(r#"{{"email":"jdoe@example.com","password":"{password}"}}"#)).await;
                answers.push((answer.status, answer.text));
            }
        }
        let [right, wrong] = answers;
        assert_eq!(right, wrong, "{state:?}");
        assert_eq!(right.iter().filter(|(status, _)| *status == 403).count(), 10);
        assert_eq!(right[10].0, 429);
    }
}

#[tokio::test]
async fn the_login_also_sets_a_session_cookie_that_carries_the_same_jwt() {
    let mut options = Options::default();
    for secure in [false, true] {
        options.settings.has_secure_cookie = secure;
        let server = Server::with(Options { settings: options.settings.clone(), ..Options::default() }).await;
        let answer = server.login(ADMIN).await;
        let token = answer.text_at("access_token");
        let secure = if secure { "; Secure" } else { "" };
        let cookie = format!("INFINI-SESSION-coco={token}; Path=/; HttpOnly{secure}; SameSite=Lax; Max-Age=86400");
        assert_eq!(answer.header("set-cookie"), Some(cookie.as_str()));
    }
    let refused = Server::new().await.login(r#"{"email":"admin@example.com","password":"wrong"}"#).await;
    assert_eq!(refused.header("set-cookie"), None);
}

#[tokio::test]
async fn absolute_expire_in_is_a_setting() {
    let mut options = Options::default();
    options.settings.expire_in = ExpireIn::Absolute;
    let answer = Server::with(options).await.login(ADMIN).await;
    let (_, claims) = decoded(&answer.text_at("access_token"));
    assert_eq!(answer.json()["expire_in"], claims["exp"]);
    assert!(answer.json()["expire_in"].as_u64().unwrap() > 1_000_000_000);
}

#[tokio::test]
async fn jwt_header_and_claims() {
    let server = Server::new().await;
    let (header, claims) = decoded(&server.jdoe().await);
    assert_eq!(header.replace(' ', ""), r#"{"alg":"HS256","typ":"JWT"}"#.to_owned());
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 86_400);
    assert_eq!(
        (&claims["login"], &claims["userid"], &claims["sub"]),
        (&"jdoe@example.com".into(), &"2".into(), &"2".into())
    );
    assert_eq!(claims["provider"], "default_native_auth_backend");
    assert_eq!((claims["roles"].as_array().unwrap().len(), &claims["last_login"]["timestamp"]), (0, &claims["iat"]));
    for needed in ["iss", "aud", "jti"] {
        assert!(claims[needed].as_str().is_some_and(|text| !text.is_empty()), "{needed}");
    }
    let single = Server::with(Options::single()).await;
    let (_, claims) = decoded(&single.login(r#"{"password":"mypassword"}"#).await.text_at("access_token"));
    assert_eq!(
        (&claims["provider"], &claims["login"]),
        (&"default_simple_auth_backend".into(), &"coco-default-user".into())
    );
    assert_eq!(claims["roles"], serde_json::json!(["admin"]));
}

#[tokio::test]
async fn tokens_are_in_the_audit_log() {
    let log = EventLog::default();
    let server = Server::with(Options { audit: log.audit(), ..Options::default() }).await;
    let token = server.jdoe().await;
    assert_eq!(log.accounts(AuditName::TOKEN_CREATED, "access"), ["2"]);
    assert_eq!(server.json("POST", "/account/logout", &token, "").await.status, 200);
    assert_eq!(log.accounts(AuditName::TOKEN_REVOKED, "access"), ["2"]);
}
