//! A whole life of a sign-in, and the page that shows this program.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;

/// A service with a store and a key of its own.
struct Notes(axum::Router);

impl Notes {
    async fn new() -> Self {
        let store = AnyStore::open("memory:").await.unwrap();
        Self(app(store, SigningKey::generate(JwtAlgorithm::EdDsa).unwrap()).await.unwrap())
    }

    async fn get(&self, path: &str, access: &str) -> StatusCode {
        let request = Request::get(path).header("authorization", format!("Bearer {access}"));
        self.0.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
    }

    async fn post(&self, path: &str, access: &str, body: Value) -> Response {
        let request = Request::post(path).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {access}"));
        self.0.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap()
    }

    async fn login(&self, password: &str) -> Response {
        self.post("/login", "", json!({"name": "alice", "password": password})).await
    }
}

/// The access token and the refresh token of an answer.
async fn pair(answer: Response) -> [String; 2] {
    assert_eq!((answer.status(), &answer.headers()["cache-control"]), (StatusCode::OK, &"no-store".parse().unwrap()));
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let tokens: Value = serde_json::from_slice(&body).unwrap();
    ["access_token", "refresh_token"].map(|name| tokens[name].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_wrong_password_gets_no_tokens() {
    assert_eq!(Notes::new().await.login("wrong").await.status(), 403);
}

#[tokio::test]
async fn a_sign_in_lasts_over_a_refresh_until_the_sign_out() {
    let service = Notes::new().await;
    let [access, refresh] = pair(service.login("correct horse battery staple").await).await;
    assert_eq!(service.get("/notes", &access).await, 200);

    let [access, refresh] = pair(service.post("/refresh", "", json!({"refresh_token": refresh})).await).await;
    assert_eq!(service.get("/notes", &access).await, 200);

    let body = json!({"refresh_token": refresh});
    assert_eq!(service.post("/logout", &access, body.clone()).await.status(), 204);
    assert_eq!(service.get("/notes", &access).await, 401);
    assert_eq!(service.post("/refresh", "", body).await.status(), 403);
}

#[tokio::test]
async fn a_refresh_token_that_comes_again_ends_its_chain() {
    let service = Notes::new().await;
    let [_, first] = pair(service.login("correct horse battery staple").await).await;
    let [_, second] = pair(service.post("/refresh", "", json!({"refresh_token": first})).await).await;
    for spent in [first, second] {
        assert_eq!(service.post("/refresh", "", json!({"refresh_token": spent})).await.status(), 403);
    }
}

#[test]
fn the_page_shows_this_program() {
    let page = include_str!("../../../docs/sign-in.md");
    let shown = page.split_once("```rust,no_run\n").and_then(|(_, rest)| rest.split_once("```\n")).unwrap().0;
    let program = include_str!("main.rs");
    let program = program.split_once("\n\n").unwrap().1.strip_suffix("\n#[cfg(test)]\nmod tests;\n").unwrap();
    assert!(shown == program, "docs/sign-in.md has to show src/main.rs");
}
