//! One handler called as a function, and the whole service with tokens that the test mints.

use auth_axum::Require;
use auth_test::{AssumeAuth as _, AssumeRequire as _, FakeClock, Minter, bearer};
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;

#[tokio::test]
async fn what_says_nothing_is_not_added() {
    let todos = Todos::default();
    let blank = NewTodo { text: " ".to_owned() };
    let ada = Auth::assume(User { id: "ada".to_owned() });
    let refused = add(Require::assume(), ada, State(todos.clone()), Json(blank)).await;
    assert!(matches!(refused, Err(Problem::NoText)));
    assert!(todos.list().items.is_empty());
}

/// The service, and who hands out tokens for it.
struct Household {
    app: Router,
    tokens: Minter,
}

impl Household {
    fn new() -> Self {
        let tokens = Minter::new("https://id.example", "todos", &FakeClock::stopped());
        let realm = realm(tokens.verifier().unwrap()).unwrap();
        catalogue().check(&[&realm]).unwrap();
        Self { app: app(Todos::default(), realm), tokens }
    }

    fn reader(&self, name: &str) -> String {
        self.tokens.token(name).scopes(["todos:read"]).mint()
    }

    fn writer(&self, name: &str) -> String {
        self.tokens.token(name).scopes(["todos:read", "todos:write"]).mint()
    }

    /// Status and body of an answer.
    async fn call(&self, token: &str, method: &str, path: &str, json: &'static str) -> (u16, String) {
        let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", bearer(token));
        }
        let answer = self.app.clone().oneshot(request.body(Body::from(json)).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

#[tokio::test]
async fn things_are_added_listed_done_and_removed() {
    let household = Household::new();
    let ada = household.writer("ada");
    let lamp = r#"{"id":1,"text":"mend the lamp","author":"ada","is_done":false}"#;
    let done = lamp.replace("false", "true");

    let added = household.call(&ada, "POST", "/todos", r#"{"text":"mend the lamp"}"#).await;
    assert_eq!(added, (201, lamp.to_owned()));
    assert_eq!(household.call(&ada, "GET", "/todos/1", "").await, (200, lamp.to_owned()));
    assert_eq!(household.call(&ada, "PATCH", "/todos/1", r#"{"is_done":true}"#).await, (200, done.clone()));
    assert_eq!(household.call(&ada, "GET", "/todos?is_done=false", "").await, (200, "[]".to_owned()));
    assert_eq!(household.call(&ada, "GET", "/todos?is_done=true", "").await, (200, format!("[{done}]")));
    assert_eq!(household.call(&ada, "DELETE", "/todos/1", "").await.0, 204);
    assert_eq!(household.call(&ada, "DELETE", "/todos/1", "").await.0, 404);
}

#[tokio::test]
async fn only_those_who_may_come_in() {
    let household = Household::new();
    let (ada, ben, reader) = (household.writer("ada"), household.writer("ben"), household.reader("ada"));
    let lamp = r#"{"text":"mend the lamp"}"#;
    assert_eq!(household.call(&ada, "POST", "/todos", lamp).await.0, 201);

    for (method, path) in [("GET", "/todos"), ("GET", "/todos/1"), ("PATCH", "/todos/1"), ("DELETE", "/todos/1")] {
        assert_eq!(household.call("", method, path, "not even JSON").await.0, 401, "{method} {path}");
        assert_eq!(household.call("forged", method, path, "not even JSON").await.0, 401, "{method} {path}");
    }
    assert_eq!(household.call(&reader, "POST", "/todos", lamp).await.0, 403, "reading is not writing");
    assert_eq!(household.call(&ben, "DELETE", "/todos/1", "").await.0, 403, "what ada wrote is hers");
    assert_eq!(household.call(&ben, "GET", "/todos/1", "").await.0, 200, "it is still there");
}

#[tokio::test]
async fn anybody_may_ask_whether_it_runs_and_for_what_is_not_there() {
    let household = Household::new();
    assert_eq!(household.call("", "GET", "/health", "").await, (200, "ok".to_owned()));
    assert_eq!(household.call("", "GET", "/nowhere", "").await, (404, "there is nothing at /nowhere".to_owned()));
}
