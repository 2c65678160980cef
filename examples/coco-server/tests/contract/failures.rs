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
