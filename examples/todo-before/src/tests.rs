//! One handler called as a function, and the whole service through its router.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;

#[tokio::test]
async fn what_says_nothing_is_not_added() {
    let todos = Todos::default();
    let blank = NewTodo { text: " ".to_owned(), author: "ada".to_owned() };
    assert!(matches!(add(State(todos.clone()), Json(blank)).await, Err(Problem::NoText)));
    assert!(todos.list().items.is_empty());
}

/// Status and body of an answer.
async fn call(app: &Router, method: &str, path: &str, json: &'static str) -> (u16, String) {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let answer = app.clone().oneshot(request.body(Body::from(json)).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn things_are_added_listed_done_and_removed() {
    let app = app(Todos::default());
    let lamp = r#"{"id":1,"text":"mend the lamp","author":"ada","is_done":false}"#;
    let done = lamp.replace("false", "true");

    let added = call(&app, "POST", "/todos", r#"{"text":"mend the lamp","author":"ada"}"#).await;
    assert_eq!(added, (201, lamp.to_owned()));
    assert_eq!(call(&app, "GET", "/todos/1", "").await, (200, lamp.to_owned()));
    assert_eq!(call(&app, "PATCH", "/todos/1", r#"{"is_done":true}"#).await, (200, done.clone()));
    assert_eq!(call(&app, "GET", "/todos?is_done=false", "").await, (200, "[]".to_owned()));
    assert_eq!(call(&app, "GET", "/todos?is_done=true", "").await, (200, format!("[{done}]")));
    assert_eq!(call(&app, "DELETE", "/todos/1", "").await.0, 204);
    assert_eq!(call(&app, "DELETE", "/todos/1", "").await.0, 404);
}

#[tokio::test]
async fn anybody_may_ask_whether_it_runs_and_for_what_is_not_there() {
    let app = app(Todos::default());
    assert_eq!(call(&app, "GET", "/health", "").await, (200, "ok".to_owned()));
    assert_eq!(call(&app, "GET", "/nowhere", "").await, (404, "there is nothing at /nowhere".to_owned()));
}
