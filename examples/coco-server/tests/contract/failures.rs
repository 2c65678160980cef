//! Every failure has envelope A and is kept by no cache.

use crate::server::Server;

#[tokio::test]
async fn unknown_path_and_wrong_method() {
    let server = Server::new().await;
    for path in ["/", "/account", "/account/login/", "/account/profile/x", "/auth/access_token/a/b"] {
        server.get(path, &[]).await.refused(404, "not found");
    }
    for (method, path, allow) in [
        ("GET", "/account/login", "POST"),
        ("DELETE", "/account/logout", "GET,POST,HEAD"),
        ("POST", "/account/profile", "GET,HEAD"),
        ("GET", "/account/password", "PUT"),
        ("GET", "/auth/access_token", "POST"),
        ("PATCH", "/auth/access_token/x", "PUT,DELETE"),
    ] {
        let answer = server.send(method, path, &[], "").await;
        answer.refused(405, "method not allowed");
        let sorted = |list: &str| list.split(',').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(sorted(answer.header("allow").unwrap()), sorted(allow), "{method} {path}");
    }
}

/// A path that is no UTF-8 names no token, and is refused like any other that names none.
#[tokio::test]
async fn id_that_is_no_text() {
    let server = Server::new().await;
    let token = server.admin().await;
    for (method, body) in [("DELETE", ""), ("PUT", r#"{"name":"new"}"#)] {
        server.json(method, "/auth/access_token/%ff", &token, body).await.refused(404, "access token not found");
        server.json(method, "/auth/access_token/%ff", "", body).await.refused(401, "invalid login");
    }
}

/// Nothing reads the field where everybody may come in; two of them are refused all the same.
#[tokio::test]
async fn two_authorization_lines_where_none_is_read() {
    let server = Server::new().await;
    let body = r#"{"email":"admin@example.com","password":"mypassword"}"#;
    let one = ("authorization", "Bearer x");
    let json = ("content-type", "application/json");
    for (method, path, body) in [("POST", "/account/login", body), ("GET", "/provider/_info", "")] {
        assert_eq!(server.send(method, path, &[json], body).await.status, 200, "{path}");
        assert_eq!(server.send(method, path, &[json, one], body).await.status, 200, "{path}: one is ignored");
        let answer = server.send(method, path, &[json, one, one], body).await;
        answer.refused(400, "more than one credential");
        assert!(answer.challenges().is_empty() && answer.header("set-cookie").is_none());
    }
}

#[tokio::test]
async fn body_too_long() {
    let server = Server::new().await;
    let token = server.admin().await;
    let body = format!(r#"{{"email":"admin@example.com","password":"{}"}}"#, "x".repeat(16 * 1024));
    for (method, path) in [("POST", "/account/login"), ("POST", "/auth/access_token"), ("PUT", "/account/password")] {
        server.json(method, path, &token, &body).await.refused(413, "request body is too large");
    }
}

/// A refused HEAD has the headers of its GET.
#[tokio::test]
async fn head_of_the_profile() {
    let server = Server::new().await;
    let (get, head) = (server.profile(&[]).await, server.send("HEAD", "/account/profile", &[], "").await);
    assert_eq!((head.status, head.text.as_str()), (401, ""));
    for name in ["www-authenticate", "content-type", "cache-control", "pragma"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}
