//! The decision comes before the first message, from the head alone.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use auth_test::bearer;
use auth_tower::AuthLayer;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Version};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tonic::service::LayerExt as _;
use tonic::{Code, Request, Status};
use tower::ServiceExt as _;

use crate::adapter::GateLayer;
use crate::echo::{Echo, EchoServer};
use crate::services::{Block, Methods, POLICIES, realm};

/// One message, and trailers; it counts how often it is polled.
#[derive(Clone, Default)]
struct Tripwire {
    polls: Arc<AtomicUsize>,
    frames: Vec<Bytes>,
    trailers: Option<HeaderMap>,
}

impl http_body::Body for Tripwire {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        let frame = self.frames.pop().map(Frame::data);
        Poll::Ready(frame.or_else(|| self.trailers.take().map(Frame::trailers)).map(Ok))
    }
}

/// Calls a method; gives the code and how often the body was polled.
async fn call(
    service: impl Echo,
    gate: GateLayer,
    method: &str,
    token: Option<&str>,
    trailers: Option<HeaderMap>,
) -> (Code, usize) {
    let service = AuthLayer::new(realm()).named_layer(gate.named_layer(EchoServer::new(service)));
    let message = Bytes::from_static(b"\0\0\0\0\x02hi");
    let body = Tripwire { frames: vec![message], trailers, ..Tripwire::default() };
    let polls = Arc::clone(&body.polls);
    let mut request = http::Request::post(format!("http://test/test.Echo/{method}"))
        .version(Version::HTTP_2)
        .header("content-type", "application/grpc")
        .body(body)
        .expect("a good request");
    if let Some(token) = token {
        let value = bearer(token).parse().expect("a good value");
        request.headers_mut().insert("authorization", value);
    }
    let answer = service.oneshot(request).await.expect("a refusal is an answer");
    let mut headers = answer.headers().clone();
    let body = answer.into_body().collect().await.expect("a body in memory");
    headers.extend(body.trailers().cloned().unwrap_or_default());
    let status = Status::from_header_map(&headers).expect("a status");
    (status.code(), polls.load(Ordering::SeqCst))
}

#[tokio::test]
async fn the_gate_reads_no_message_of_a_refused_call() {
    let rows = [
        ("Say", None, Code::Unauthenticated),
        ("Say", Some("unknown"), Code::Unauthenticated),
        ("Say", Some("listener"), Code::PermissionDenied),
        ("Say", Some("throttled"), Code::ResourceExhausted),
        ("Say", Some("down"), Code::Unavailable),
        ("Repeat", None, Code::Unauthenticated),
        ("Repeat", Some("listener"), Code::NotFound),
        ("Join", Some("unknown"), Code::Unauthenticated),
    ];
    for (method, token, code) in rows {
        assert_eq!(call(Block, GateLayer(POLICIES), method, token, None).await, (code, 0), "{method} {token:?}");
    }
    for (method, token) in [("Say", "speaker"), ("Repeat", "speaker"), ("Join", "listener")] {
        let (code, polls) = call(Block, GateLayer(POLICIES), method, Some(token), None).await;
        assert!(code == Code::Ok && polls > 0, "{method} {code} {polls}");
    }
}

/// tonic reads the one message of a call before it calls the method; a stream of messages it leaves to the method.
#[tokio::test]
async fn a_method_alone_decides_before_streams_only() {
    assert_eq!(call(Methods, GateLayer(&[]), "Join", Some("unknown"), None).await, (Code::Unauthenticated, 0));
    for method in ["Say", "Repeat"] {
        let (code, polls) = call(Methods, GateLayer(&[]), method, Some("unknown"), None).await;
        assert!(code == Code::Unauthenticated && polls > 0, "{method} {code} {polls}");
    }
}

/// tonic merges the trailers of a call with one message into its metadata (RFC 9110 §6.5.1 forbids it for these).
#[tokio::test]
async fn trailers_hold_no_credentials() {
    let trailers = || {
        let mut trailers = HeaderMap::new();
        trailers.insert("authorization", HeaderValue::from_str(&bearer("speaker")).expect("a good value"));
        Some(trailers)
    };
    for (method, refused) in [("Say", Code::PermissionDenied), ("Repeat", Code::NotFound)] {
        for policies in [&[][..], POLICIES] {
            assert_eq!(call(Block, GateLayer(policies), method, None, trailers()).await.0, Code::Unauthenticated);
            assert_eq!(call(Block, GateLayer(policies), method, Some("listener"), trailers()).await.0, refused);
            assert_eq!(call(Block, GateLayer(policies), method, Some("speaker"), trailers()).await.0, Code::Ok);
        }
    }
}

#[tokio::test]
async fn a_method_called_by_hand_does_not_pass() {
    for request in [Request::new(Bytes::new()), {
        let mut request = Request::new(Bytes::new());
        request.metadata_mut().insert("authorization", bearer("speaker").parse().expect("good metadata"));
        request
    }] {
        assert_eq!(Methods.say(request).await.expect_err("no layer").code(), Code::Internal);
    }
}
