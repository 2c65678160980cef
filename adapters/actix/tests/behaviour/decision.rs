//! The decision comes first: before it nothing of a request is looked at but its head.

use std::future::{Future as _, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use actix_web::test::TestRequest;
use auth_actix::{Auth, Guarded};
use auth_test::{AssumeAuth as _, AssumeGuarded as _, bearer};
use tokio::sync::watch;

use crate::rooms::{Answering, Rooms, Trace, User, service};

/// Whatever follows the head is wrong.
const WRONG: &str = "/rooms/no-number?hour=noon";
const NO_JSON: &str = "no json";

fn post(path: &str, tokens: &[&str]) -> TestRequest {
    let request = TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/json"))
        .insert_header(("content-length", "7"));
    tokens.iter().fold(request, |request, token| request.append_header(("authorization", bearer(token))))
}

async fn poll_once(answering: &mut Answering) -> Poll<(u16, String)> {
    poll_fn(|context| Poll::Ready(Pin::new(&mut *answering).poll(context))).await
}

#[actix_web::test]
async fn a_refused_request_is_looked_at_no_further() {
    let (_gate, open) = watch::channel(true);
    let ask = service(open).await;
    let rows: [(u16, &str, &[&str]); 9] = [
        (401, "/in", &[]),
        (401, "/in", &["unknown"]),
        (401, "/in", &["not a token"]),
        (400, "/in", &["writer", "writer"]),
        (403, "/in", &["reader"]),
        (429, "/in", &["throttled"]),
        (503, "/in", &["down"]),
        (500, "/out", &["writer"]),
        (500, "/out", &[]),
    ];
    for (status, scope, tokens) in rows {
        for path in [WRONG.to_owned(), WRONG.replace("rooms", "below")] {
            let trace = Trace::default();
            let (got, _) = ask(post(&format!("{scope}{path}"), tokens), NO_JSON, &trace).await;
            assert_eq!((got, trace.seen()), (status, (0, 0)), "{scope}{path} {tokens:?}");
        }
    }
    let trace = Trace::default();
    let (got, body) = ask(post("/in/hidden/no-number", &["reader"]), NO_JSON, &trace).await;
    assert_eq!((got, trace.seen()), (404, (0, 0)));
    assert_eq!(body, r#"{"type":"about:blank","title":"Not Found","status":404}"#);
}

#[actix_web::test]
async fn who_may_pass_learns_what_is_wrong_with_the_request() {
    let (_gate, open) = watch::channel(true);
    let ask = service(open).await;
    let rows = [
        (404, "/in/rooms/no-number?hour=9", "7"),
        (400, "/in/rooms/7?hour=noon", "7"),
        (400, "/in/rooms/7?hour=9", NO_JSON),
        (200, "/in/rooms/7?hour=9", "7"),
    ];
    for (status, path, body) in rows {
        let trace = Trace::default();
        let (got, _) = ask(post(path, &["writer"]), body, &trace).await;
        assert_eq!((got, trace.seen().0), (status, 1), "{path} {body}");
    }
}

#[actix_web::test]
async fn nothing_is_extracted_while_the_verifier_waits() {
    for (token, path, status) in [("writer", "/in/rooms/7?hour=9", 200), ("reader", "/in/rooms/7?hour=9", 403)] {
        let (gate, open) = watch::channel(false);
        let ask = service(open).await;
        let trace = Trace::default();
        let mut answering = ask(post(path, &[token]), "1234567", &trace);
        for _ in 0..5 {
            assert!(poll_once(&mut answering).await.is_pending());
            assert_eq!(trace.seen(), (0, 0), "{token}");
        }
        gate.send(true).expect("the verifier waits");
        let (got, body) = answering.await;
        assert_eq!(got, status, "{body}");
        if status == 200 {
            assert_eq!(body, "writer books 7 at 9 for 1234567");
            let (extractions, polls) = trace.seen();
            assert!(extractions == 1 && polls > 0, "{extractions} {polls}");
        } else {
            assert_eq!(trace.seen(), (0, 0));
        }
    }
}

/// Why the arguments are folded into one: actix-web polls parameters side by side.
#[actix_web::test]
async fn a_parameter_beside_the_guard_would_not_wait() {
    let (gate, open) = watch::channel(false);
    let ask = service(open).await;
    let trace = Trace::default();
    let mut answering = ask(post("/in/unfolded", &["unknown"]), NO_JSON, &trace);
    assert!(poll_once(&mut answering).await.is_pending());
    assert_eq!(trace.seen().0, 1, "extracted before the decision");
    gate.send(true).expect("the verifier waits");
    assert_eq!(answering.await.0, 401);
}

/// The proof of a handler called by hand holds its arguments.
#[actix_web::test]
async fn a_handler_is_called_by_hand_with_a_made_up_proof() {
    let hours = actix_web::web::Query::from_query("hour=9").expect("a good query");
    let proof = Guarded::assume_args((Auth::assume(User("ada".to_owned())), hours));
    assert_eq!(Rooms::list(proof).await, "ada at 9");
}
