//! Section 6: password, logout, provider, cross-origin requests.

use auth_issuer::audit::AuditName;
use systems::testing::EventLog;

use crate::server::{Options, PASSWORD, Server};

const NEW: &str = "a new and longer one";
const OK: &str = r#"{"status":"ok"}"#;

fn change(old: &str, new: &str) -> String {
    format!(r#"{{"old_password":"{old}","new_password":"{new}"}}"#)
}

#[tokio::test]
async fn put_password_ends_the_other_sessions_and_keeps_api_tokens() {
    let server = Server::new().await;
    let (own, other) = (server.admin().await, server.admin().await);
    let (_, key) = server.new_key(&own, "{}").await;
    let answer = server.json("PUT", "/account/password", &own, &change(PASSWORD, NEW)).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, r#"{"_id":"1","result":"updated"}"#));
    assert_eq!(server.json("GET", "/account/profile", &own, "").await.status, 200);
    server.json("GET", "/account/profile", &other, "").await.refused(401, "invalid login");
    assert_eq!(server.by_key("GET", "/account/profile", &key, "").await.status, 200);
    server.login(r#"{"email":"admin@example.com","password":"mypassword"}"#).await.refused(403, "failed to login");
    let body = format!(r#"{{"email":"admin@example.com","password":"{NEW}"}}"#);
    assert_eq!(server.login(&body).await.status, 200);
}

/// The old password is wrong by then, so whoever was told to try again could not.
#[tokio::test]
async fn put_password_succeeds_where_the_session_cannot_be_carried_over() {
    let log = EventLog::losing(|event| event.name == AuditName::SESSION_RENEWED);
    let server = Server::with(Options { audit: log.audit(), ..Options::default() }).await;
    let token = server.admin().await;
    let answer = server.json("PUT", "/account/password", &token, &change(PASSWORD, NEW)).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, r#"{"_id":"1","result":"updated"}"#));
    let body = format!(r#"{{"email":"admin@example.com","password":"{NEW}"}}"#);
    assert_eq!(server.login(&body).await.status, 200);
}

#[tokio::test]
async fn put_password_failures() {
    let server = Server::new().await;
    let token = server.admin().await;
    let put = |body: String| {
        let (server, token) = (&server, token.clone());
        async move { server.json("PUT", "/account/password", &token, &body).await }
    };
    put(change("wrong", NEW)).await.refused(403, "failed to login");
    for body in [change(PASSWORD, ""), change(PASSWORD, "seven77"), change(PASSWORD, &"x".repeat(257)), change("", NEW)]
    {
        assert_eq!(put(body).await.status, 400);
    }
    for body in ["{", "{}", r#"{"old_password":7,"new_password":"long enough"}"#, r#"{"old_password":"mypassword"}"#] {
        assert_eq!(put(body.to_owned()).await.status, 400, "{body}");
    }
    let (_, key) = server.new_key(&token, r#"{"permissions":["*"]}"#).await;
    assert_eq!(server.by_key("PUT", "/account/password", &key, &change(PASSWORD, NEW)).await.status, 403);
    assert_eq!(server.json("PUT", "/account/password", "", &change(PASSWORD, NEW)).await.status, 401);
    assert_eq!(server.json("GET", "/account/profile", &token, "").await.status, 200, "nothing has changed");
    for _ in 0..9 {
        put(change("wrong", NEW)).await.refused(403, "failed to login");
    }
    assert_eq!(put(change(PASSWORD, NEW)).await.status, 429);
}

#[tokio::test]
async fn logout_revokes_the_presented_jwt() {
    for method in ["GET", "POST"] {
        let server = Server::new().await;
        let (token, other) = (server.admin().await, server.admin().await);
        let (_, key) = server.new_key(&token, "{}").await;
        assert_eq!(server.by_key(method, "/account/logout", &key, "").await.text, OK);
        assert_eq!(server.by_key("GET", "/account/profile", &key, "").await.status, 200, "an API token has no session");
        let answer = server.send(method, "/account/logout", &[("authorization", &format!("Bearer {token}"))], "").await;
        assert_eq!((answer.status, answer.text.as_str()), (200, OK));
        server.json("GET", "/account/profile", &token, "").await.refused(401, "invalid login");
        assert_eq!(server.json("GET", "/account/profile", &other, "").await.status, 200, "another sign-in lives on");
    }
}

#[tokio::test]
async fn logout_when_not_signed_in() {
    let server = Server::new().await;
    for method in ["GET", "POST"] {
        for headers in [vec![], vec![("cookie", "INFINI-SESSION-coco=stale"), ("sec-fetch-site", "same-origin")]] {
            let answer = server.send(method, "/account/logout", &headers, "").await;
            assert_eq!((answer.status, answer.text.as_str()), (200, OK), "{method} {headers:?}");
        }
        server
            .send(method, "/account/logout", &[("authorization", "Bearer x")], "")
            .await
            .refused(401, "invalid login");
    }
}

#[tokio::test]
async fn logout_ends_the_cookies_session_only_for_this_very_site() {
    for (method, site, ends) in [
        ("GET", Some("same-origin"), true),
        ("GET", Some("none"), true),
        ("GET", Some("same-site"), false),
        ("GET", Some("cross-site"), false),
        ("GET", None, false),
        ("POST", Some("same-origin"), true),
        ("POST", Some("cross-site"), false),
        ("POST", None, false),
    ] {
        let server = Server::new().await;
        let cookie = format!("INFINI-SESSION-coco={}", server.admin().await);
        let mut headers = vec![("cookie", cookie.as_str())];
        headers.extend(site.map(|site| ("sec-fetch-site", site)));
        let answer = server.send(method, "/account/logout", &headers, "").await;
        assert_eq!((answer.status, answer.text.as_str()), (200, OK));
        let cleared =
            answer.header("set-cookie") == Some("INFINI-SESSION-coco=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
        let left = server.profile(&[("cookie", &cookie)]).await.status;
        assert_eq!((cleared, left), (ends, if ends { 401 } else { 200 }), "{method} {site:?}");
    }
}

/// A handler with an effect does not run for HEAD.
#[tokio::test]
async fn head_on_logout() {
    let server = Server::new().await;
    let token = server.admin().await;
    let answer = server.send("HEAD", "/account/logout", &[("authorization", &format!("Bearer {token}"))], "").await;
    assert_eq!((answer.status, answer.header("allow"), answer.text.as_str()), (405, Some("GET,POST"), ""));
    assert_eq!(server.json("GET", "/account/profile", &token, "").await.status, 200);
}

#[tokio::test]
async fn provider_info_is_public() {
    for (options, mode) in [(Options::default(), "multi"), (Options::single(), "single")] {
        let answer = Server::with(options).await.get("/provider/_info", &[]).await;
        let info = answer.json();
        assert_eq!((answer.status, &info["public"]), (200, &false.into()));
        assert!(info["name"].is_string() && info["version"]["number"].is_string());
        assert_eq!(info["auth_provider"]["mode"], mode);
    }
}

#[tokio::test]
async fn preflight_is_answered_before_authentication() {
    let server = Server::new().await;
    for (origin, allowed) in
        [("https://app.example", Some("https://app.example")), ("https://evil.example", None), ("null", None)]
    {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "x-api-token"),
        ];
        let answer = server.send("OPTIONS", "/account/password", &headers, "").await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, allowed), "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(answer.header("access-control-allow-methods"), Some("GET,POST,PUT,DELETE,OPTIONS"));
        let fields = "authorization,content-type,x-api-token,x-service-id,app-integration-id,websocket-session-id";
        assert_eq!(answer.header("access-control-allow-headers"), Some(fields));
        assert_eq!(answer.header("vary"), Some("origin"));
    }
}

#[tokio::test]
async fn no_origin_is_reflected_and_every_answer_varies_by_it() {
    let server = Server::new().await;
    for (origin, allowed) in [("https://app.example", Some("https://app.example")), ("https://evil.example", None)] {
        for path in ["/account/profile", "/provider/_info", "/nothing"] {
            let answer = server.get(path, &[("origin", origin)]).await;
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{path}");
            assert!(answer.headers.get_all("vary").iter().any(|value| value == "origin"), "{path}");
        }
    }
    let mut options = Options::default();
    options.settings.origins.clear();
    let answer = Server::with(options).await.get("/provider/_info", &[("origin", "https://app.example")]).await;
    assert_eq!(answer.header("access-control-allow-origin"), None, "the default is nobody");
}
