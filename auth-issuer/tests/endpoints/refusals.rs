//! What the endpoints do not do, and how they say so.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{Full, StreamBody};

use auth_issuer::http::MAX_BODY;

use super::bench::{ALICE, At, Bench, SECRET, as_client, encoded, password_grant, post, raw, taken_apart};
use super::support::PASSWORD;

fn invalid_request() -> (u16, String) {
    (400, "invalid_request".to_owned())
}

#[tokio::test]
async fn only_post_has_an_effect() {
    let bench = Bench::new();
    let token = bench.signed_in().await.text("refresh_token");
    for at in At::ALL {
        for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "post", "QUERY"] {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", &token), ("token", &token)];
            let mut request = as_client(post(&fields), "backend");
            *request.method_mut() = Method::from_bytes(method.as_bytes()).expect("a method");
            let answer = bench.ask(at, request).await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{at:?} {method}");
        }
    }
    assert_eq!(bench.refresh("backend", &token, None).await.status, 200, "nothing was spent or withdrawn");
}

/// RFC 6749 §3.2, §5.2.
#[tokio::test]
async fn what_is_no_form_is_an_invalid_request() {
    let bench = Bench::new();
    let good = encoded(&password_grant(ALICE, PASSWORD));
    let typed = |media_type: Option<&str>, body: &str| {
        let mut request = raw(body.to_owned());
        request.headers_mut().remove("content-type");
        if let Some(media_type) = media_type {
            request.headers_mut().insert("content-type", media_type.parse().expect("a value"));
        }
        as_client(request, "backend")
    };
    let json = r#"{"grant_type":"password","username":"alice@example.com","password":"correct horse battery"}"#;
    for at in At::ALL {
        for (what, request) in [
            ("no type", typed(None, &good)),
            ("JSON", typed(Some("application/json"), json)),
            ("text", typed(Some("text/plain"), &good)),
            ("nearly", typed(Some("application/x-www-form-urlencoded2"), &good)),
            ("list of types", typed(Some("application/x-www-form-urlencoded, text/plain"), &good)),
            ("two types", {
                let mut request = typed(Some("application/x-www-form-urlencoded"), &good);
                request.headers_mut().append("content-type", "application/json".parse().expect("a value"));
                request
            }),
            ("broken escape", as_client(raw(format!("{good}&x=%zz")), "backend")),
            ("not UTF-8", as_client(raw(format!("{good}&x=%ff")), "backend")),
            ("empty", as_client(raw(""), "backend")),
        ] {
            assert_eq!(bench.ask(at, request).await.error(), invalid_request(), "{at:?} {what}");
        }
    }
    let answer = bench.ask(At::Token, typed(Some("Application/X-WWW-Form-URLEncoded ; charset=UTF-8"), &good)).await;
    assert_eq!(answer.status, 200);
}

/// RFC 6749 §3.2: parameters must not be included more than once; those without a value count as left out.
#[tokio::test]
async fn repeated_missing_and_empty_parameters() {
    let bench = Bench::new();
    let good = encoded(&password_grant(ALICE, PASSWORD));
    for more in ["grant_type=password", "username=bob", "%70assword=x", "unknown=1&unknown=2", "scope=read&scope=write"]
    {
        let answer = bench.ask(At::Token, as_client(raw(format!("{good}&{more}")), "backend")).await;
        assert_eq!(answer.error(), invalid_request(), "{more}");
    }
    for at in [At::Revocation, At::Introspection] {
        let answer = bench.ask(at, as_client(raw("token=a&token=b"), "backend")).await;
        assert_eq!(answer.error(), invalid_request(), "{at:?}");
        for body in ["token=", "token_type_hint=refresh_token"] {
            assert_eq!(
                bench.ask(at, as_client(raw(body), "backend")).await.error(),
                invalid_request(),
                "{at:?} {body}"
            );
        }
    }
    for body in [
        "username=a&password=b",
        "grant_type=&username=a&password=b",
        "grant_type=password&username=a",
        "grant_type=password&username=&password=b",
        "grant_type=password&username=a&password=",
        "grant_type=refresh_token",
        "grant_type=refresh_token&refresh_token=",
    ] {
        let answer = bench.ask(At::Token, as_client(raw(body), "backend")).await;
        assert_eq!(answer.error(), invalid_request(), "{body}");
    }
    for grant in
        ["authorization_code", "client_credentials", "PASSWORD", "password ", "urn:ietf:params:oauth:grant-type:x"]
    {
        let answer = bench.ask(At::Token, as_client(post(&[("grant_type", grant)]), "backend")).await;
        assert_eq!(answer.error(), (400, "unsupported_grant_type".to_owned()), "{grant}");
    }
    assert_eq!(bench.pool.hashes(), 0);
}

#[tokio::test]
async fn unknown_names_look_and_cost_like_wrong_passwords() {
    let bench = Bench::new();
    let mut answers = Vec::new();
    for (name, password) in [
        (ALICE, "wrong password"),
        ("nobody@example.com", PASSWORD),
        ("no\u{0}body", PASSWORD),
        (" ", PASSWORD),
        ("x", "wrong password"),
    ] {
        let before = bench.pool.hashes();
        answers.push(bench.ask(At::Token, as_client(post(&password_grant(name, password)), "backend")).await);
        assert_eq!(bench.pool.hashes() - before, 1, "{name:?}");
    }
    assert_eq!(answers[0].error(), (400, "invalid_grant".to_owned()));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn guessing_too_fast_is_429_for_known_and_unknown_names() {
    let bench = Bench::new();
    let ask = async |name: &str, password: &str| {
        bench.ask(At::Token, as_client(post(&password_grant(name, password)), "backend")).await
    };
    let mut throttled = Vec::new();
    for name in [ALICE, "nobody@example.com"] {
        for _ in 0..10 {
            assert_eq!(ask(name, "wrong password").await.status, 400);
        }
        let before = bench.pool.hashes();
        throttled.push(ask(name, "wrong password").await);
        throttled.push(ask(name, PASSWORD).await);
        assert_eq!(bench.pool.hashes(), before, "and costs nothing");
    }
    let first = &throttled[0];
    assert_eq!((first.status, first.header("retry-after")), (429, Some("60")));
    assert!(throttled.iter().all(|answer| answer == first), "{throttled:?}");
    bench.clock.set(60);
    assert_eq!(ask(ALICE, PASSWORD).await.status, 200, "whoever waits as told is served");
}

/// An outage is no refusal: clients would drop good tokens.
#[tokio::test]
async fn a_store_that_is_down_is_503_and_costs_no_token() {
    let bench = Bench::new();
    let tokens = bench.signed_in().await;
    let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    let requests = || {
        let both = |token: &str| as_client(post(&[("token", token)]), "backend");
        [
            (At::Token, as_client(post(&password_grant(ALICE, PASSWORD)), "backend")),
            (At::Token, as_client(post(&password_grant("nobody@example.com", PASSWORD)), "backend")),
            (At::Token, {
                as_client(post(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]), "backend")
            }),
            (At::Revocation, both(&refresh)),
            (At::Revocation, both(&access)),
            (At::Introspection, both(&refresh)),
            (At::Introspection, both(&access)),
        ]
    };
    for outage in [&bench.outage, &bench.client_outage] {
        outage.set(true);
        for (at, request) in requests() {
            let answer = bench.ask(at, request).await;
            assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")), "{at:?} {answer:?}");
            assert_eq!(answer.text("error"), "temporarily_unavailable");
        }
        outage.set(false);
    }
    assert_eq!(bench.refresh("backend", &refresh, None).await.status, 200);
}

/// A body that must not be asked for.
struct Untouchable(u64);

impl Body for Untouchable {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        panic!("the body is read")
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0)
    }
}

macro_rules! serve {
    ($bench:expr, $at:expr, $request:expr) => {
        taken_apart(match $at {
            At::Token => $bench.token.serve($request).await,
            At::Revocation => $bench.revocation.serve($request).await,
            At::Introspection => $bench.introspection.serve($request).await,
        })
    };
}

#[tokio::test]
async fn long_bodies_are_413_and_not_read() {
    let bench = Bench::new();
    let limit = u64::try_from(MAX_BODY).expect("small");
    let padded = |length: usize| format!("token=x&pad={}", "a".repeat(length - "token=x&pad=".len()));
    let chunked = |body: String| {
        let chunks: Vec<_> = body.into_bytes().chunks(1000).map(Bytes::copy_from_slice).collect();
        let frames = chunks.into_iter().map(|chunk| Ok::<_, std::io::Error>(Frame::data(chunk)));
        StreamBody::new(stream_of(frames.collect()))
    };
    for at in At::ALL {
        let announced = Request::post("/").body(Untouchable(limit + 1)).expect("a request");
        assert_eq!(serve!(bench, at, announced).error(), (413, "invalid_request".to_owned()), "{at:?}");

        let other_method = Request::get("/").body(Untouchable(1)).expect("a request");
        assert_eq!(serve!(bench, at, other_method).status, 405, "{at:?}");

        let unannounced = as_client(raw(""), "backend").map(|_| chunked(padded(MAX_BODY + 1)));
        assert_eq!(serve!(bench, at, unannounced).status, 413, "{at:?}");

        let read_elsewhere = as_client(raw(padded(MAX_BODY + 1)), "backend");
        assert_eq!(bench.ask(at, read_elsewhere).await.status, 413, "{at:?}");

        let longest = as_client(raw(""), "backend").map(|_| chunked(padded(MAX_BODY)));
        let answer = serve!(bench, at, longest);
        assert_ne!(answer.status, 413, "{at:?}");

        let broken = as_client(raw(""), "backend")
            .map(|_| StreamBody::new(stream_of(vec![Err::<Frame<Bytes>, _>(std::io::Error::other("reset"))])));
        assert_eq!(serve!(bench, at, broken).error(), invalid_request(), "{at:?}");

        let whole = as_client(raw(""), "backend").map(|_| Full::new(Bytes::from(padded(MAX_BODY))));
        assert_eq!(serve!(bench, at, whole).status, answer.status, "{at:?}");
    }
}

/// A stream of what is there.
fn stream_of<T: Unpin>(items: Vec<T>) -> impl futures_core::Stream<Item = T> {
    struct Items<T>(std::vec::IntoIter<T>);

    impl<T: Unpin> futures_core::Stream for Items<T> {
        type Item = T;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
            Poll::Ready(self.0.next())
        }
    }

    Items(items.into_iter())
}

#[tokio::test]
async fn nobody_is_told_more_than_they_need() {
    let bench = Bench::new();
    let answer = bench.ask(At::Token, as_client(raw("grant_type=<script>planted</script>"), "backend")).await;
    assert!(!String::from_utf8_lossy(&answer.body).contains("planted"), "nothing of a request is quoted");
    let secret_in_wrong_place = bench.token(&[("grant_type", SECRET), ("client_id", SECRET)]).await;
    assert!(!String::from_utf8_lossy(&secret_in_wrong_place.body).contains(SECRET));
}
