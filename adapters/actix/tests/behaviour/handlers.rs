//! What a handler may look like, and what it may take.

use actix_web::test::TestRequest;
use auth_core::catalogue;
use auth_test::bearer;
use tokio::sync::watch;

use crate::rooms::{Trace, service};

const UNAUTHORIZED: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401}"#;
const INTERNAL_SERVER_ERROR: &str = r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#;

/// A method, a path, a token if there is one, and the answer.
type Row<'r> = (&'r str, &'r str, Option<&'r str>, (u16, &'r str));

async fn answers(rows: &[Row<'_>]) {
    let (_gate, open) = watch::channel(true);
    let ask = service(open).await;
    for (method, path, token, (status, body)) in rows {
        let request = TestRequest::with_uri(path).method(method.parse().expect("a method"));
        let request = request.insert_header(("content-type", "application/json"));
        let request = match token {
            Some(token) => request.insert_header(("authorization", bearer(token))),
            None => request,
        };
        let got = ask(request, "1", &Trace::default()).await;
        assert_eq!((got.0, got.1.as_str()), (*status, *body), "{method} {path} {token:?}");
    }
}

#[actix_web::test]
async fn route_macros_may_stand_above_or_below() {
    answers(&[
        ("POST", "/in/rooms/7?hour=9", Some("writer"), (200, "writer books 7 at 9 for 1")),
        ("POST", "/in/rooms/7?hour=9", Some("unknown"), (401, UNAUTHORIZED)),
        ("POST", "/in/below/7?hour=9", Some("writer"), (200, "writer books 7 at 9 for 1")),
        ("POST", "/in/below/7?hour=9", Some("unknown"), (401, UNAUTHORIZED)),
        ("GET", "/in/health", None, (200, "ok")),
        ("GET", "/out/health", None, (200, "ok")),
    ])
    .await;
}

#[actix_web::test]
async fn handlers_may_be_generic_associated_or_not_async() {
    answers(&[
        ("POST", "/in/generic", Some("reader"), (200, "1")),
        ("POST", "/in/generic", None, (401, UNAUTHORIZED)),
        ("GET", "/in/list?hour=9", Some("reader"), (200, "reader at 9")),
        ("GET", "/in/list", None, (401, UNAUTHORIZED)),
        ("POST", "/in/not-async", Some("writer"), (200, "1")),
        ("POST", "/in/not-async", Some("reader"), (403, r#"{"type":"about:blank","title":"Forbidden","status":403}"#)),
        ("POST", "/in/not-async", Some("unknown"), (401, UNAUTHORIZED)),
    ])
    .await;
}

#[actix_web::test]
async fn only_a_guest_is_none() {
    answers(&[
        ("GET", "/in/guest", None, (200, "guest")),
        ("GET", "/in/guest", Some("reader"), (200, "reader")),
        ("GET", "/in/guest", Some("unknown"), (401, UNAUTHORIZED)),
        ("GET", "/out/guest", None, (500, INTERNAL_SERVER_ERROR)),
        ("GET", "/out/guest", Some("reader"), (500, INTERNAL_SERVER_ERROR)),
    ])
    .await;
}

/// actix-web turns whatever `Auth<P>` says into `None`, so the adapter has to remember it.
#[actix_web::test]
async fn a_mistake_inside_of_an_option_is_no_guest() {
    answers(&[
        ("GET", "/in/strange-guest", None, (500, INTERNAL_SERVER_ERROR)),
        ("GET", "/in/strange-guest", Some("reader"), (500, INTERNAL_SERVER_ERROR)),
        ("GET", "/in/renamed-guest", Some("reader"), (200, "a party")),
        ("GET", "/in/renamed-guest", None, (401, UNAUTHORIZED)),
        ("GET", "/in/renamed", Some("reader"), (200, "reader")),
        ("GET", "/in/renamed", None, (500, INTERNAL_SERVER_ERROR)),
    ])
    .await;
}

#[actix_web::test]
async fn without_an_attribute_the_default_policy_decides_or_nobody_passes() {
    answers(&[
        ("GET", "/in/bare", Some("writer"), (500, INTERNAL_SERVER_ERROR)),
        ("GET", "/in/bare-guest", Some("writer"), (500, INTERNAL_SERVER_ERROR)),
        ("GET", "/in/bare-guest", None, (500, INTERNAL_SERVER_ERROR)),
        ("GET", "/default/bare", Some("writer"), (200, "writer")),
        ("GET", "/default/bare", None, (401, UNAUTHORIZED)),
        ("GET", "/default/bare-guest", Some("writer"), (200, "a party")),
        ("GET", "/default/bare-guest", Some("unknown"), (401, UNAUTHORIZED)),
        ("GET", "/default/bare-guest", None, (401, UNAUTHORIZED)),
    ])
    .await;
}

#[test]
fn every_handler_is_in_the_catalogue() {
    let known: Vec<_> = catalogue()
        .endpoints()
        .filter(|endpoint| endpoint.module.ends_with("::rooms"))
        .map(|endpoint| endpoint.name)
        .collect();
    for name in ["above", "below", "hidden", "not_async", "generic", "guest", "health", "Rooms::list"] {
        assert_eq!(known.iter().filter(|known| **known == name).count(), 1, "{name} of {known:?}");
    }
}
