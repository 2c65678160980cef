//! The decision comes before the body: that of a refused request is never polled.

mod axum_app;
mod tower_app;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use auth_test::conformance::{Credentials, Fixture};
use auth_test::{basic, bearer};
use axum::body::Body;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body::Frame;
use tower::ServiceExt as _;

/// Counts how often it is polled, and is empty.
#[derive(Clone, Debug, Default)]
struct Tripwire(Arc<AtomicUsize>);

impl Tripwire {
    fn polls(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl http_body::Body for Tripwire {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(None)
    }
}

/// A request that announces a body, and the status that it is answered with.
struct Row {
    path: &'static str,
    headers: Vec<(&'static str, String)>,
    status: StatusCode,
}

fn row<const N: usize>(status: u16, path: &'static str, headers: [(&'static str, &str); N]) -> Row {
    let headers = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
    Row { path, headers, status: StatusCode::from_u16(status).expect("a status") }
}

fn refused() -> Vec<Row> {
    let credentials = Credentials::new();
    let alice = &bearer(&credentials.tokens.token("alice").scopes(["items:read"]).mint());
    let expired = &bearer(&credentials.tokens.token("alice").expires_in(0).mint());
    let user = |name| basic(name, "any");
    let key = credentials.keys.alice.as_str();
    vec![
        row(401, "/body", []),
        row(401, "/body", [("authorization", expired)]),
        row(401, "/body", [("authorization", "Negotiate YII=")]),
        row(401, "/body/all", [("authorization", &basic("alice", "wrong"))]),
        row(400, "/body", [("authorization", alice), ("authorization", alice)]),
        row(400, "/body/all", [("authorization", alice), ("x-api-token", key)]),
        row(403, "/body/scope", [("authorization", alice)]),
        row(401, "/body/factor", [("authorization", alice)]),
        row(404, "/hidden/post", [("authorization", alice)]),
        row(403, "/own/session", [("cookie", "__Host-session=session-alice")]),
        row(429, "/body/all", [("authorization", &user("fault.throttled"))]),
        row(503, "/body/all", [("authorization", &user("fault.store-down"))]),
        row(503, "/body/all", [("authorization", &user("fault.queue-full"))]),
        row(500, "/bare/body", [("authorization", alice)]),
        row(404, "/no/such/path", []),
    ]
}

fn admitted() -> Row {
    let token = Credentials::new().tokens.token("alice").mint();
    row(200, "/body", [("authorization", &bearer(&token))])
}

fn request(row: &Row, body: Tripwire) -> Request<Tripwire> {
    let request = Request::post(row.path).header("content-length", "1000").body(body).expect("a good request");
    row.headers.iter().fold(request, |mut request, (name, value)| {
        request.headers_mut().append(*name, value.parse().expect("a good value"));
        request
    })
}

#[tokio::test]
async fn axum_does_not_poll_the_body_of_a_refused_request() {
    let app = axum_app::app(&Fixture::new().expect("good realms")).into_axum();
    let answer = |row: &Row, body: &Tripwire| app.clone().oneshot(request(row, body.clone()).map(Body::new));
    for row in refused() {
        let body = Tripwire::default();
        let status = answer(&row, &body).await.expect("axum never fails").status();
        assert_eq!((status, body.polls()), (row.status, 0), "{} {:?}", row.path, row.headers);
    }
    let (row, body) = (admitted(), Tripwire::default());
    assert_eq!(answer(&row, &body).await.expect("axum never fails").status(), row.status);
    assert!(body.polls() > 0, "a request that passes has its body read");
}

#[tokio::test]
async fn tower_does_not_poll_the_body_of_a_refused_request() {
    let app = tower_app::App::new(Fixture::new().expect("good realms"));
    for row in refused() {
        let body = Tripwire::default();
        let status = app.answer(request(&row, body.clone())).await.status();
        assert_eq!((status, body.polls()), (row.status, 0), "{} {:?}", row.path, row.headers);
    }
    let (row, body) = (admitted(), Tripwire::default());
    assert_eq!(app.answer(request(&row, body.clone())).await.status(), row.status);
    assert!(body.polls() > 0, "a request that passes has its body read");
}
