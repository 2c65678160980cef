//! The decision comes before the first message, from the head alone.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use auth_test::bearer;
use auth_tonic::AuthLayer;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Version};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tonic::service::LayerExt as _;
use tonic::{Code, Request, Status};
use tower::ServiceExt as _;

use crate::echo::{Echo, EchoServer};
use crate::services::{Block, BlockEchoAuth, Methods, realm, unlisted};

/// A layer that knows the policies.
fn listed() -> AuthLayer {
    AuthLayer::new(realm()).service::<EchoServer<Block>, BlockEchoAuth>()
}

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
    layer: AuthLayer,
    method: &str,
    token: Option<&str>,
    trailers: Option<HeaderMap>,
) -> (Code, usize) {
    let service = layer.named_layer(EchoServer::new(service));
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
        assert_eq!(call(Block, listed(), method, token, None).await, (code, 0), "{method} {token:?}");
    }
    for (method, token) in [("Say", "speaker"), ("Repeat", "speaker"), ("Join", "listener")] {
        let (code, polls) = call(Block, listed(), method, Some(token), None).await;
        assert!(code == Code::Ok && polls > 0, "{method} {code} {polls}");
    }
}

/// tonic reads the one message of a call before it calls the method; a stream of messages it leaves to the method.
#[tokio::test]
async fn a_method_alone_decides_before_streams_only() {
    assert_eq!(call(Methods, unlisted(), "Join", Some("unknown"), None).await, (Code::Unauthenticated, 0));
    for method in ["Say", "Repeat"] {
        let (code, polls) = call(Methods, unlisted(), method, Some("unknown"), None).await;
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
        for layer in [unlisted(), listed()] {
            assert_eq!(call(Block, layer.clone(), method, None, trailers()).await.0, Code::Unauthenticated);
            assert_eq!(call(Block, layer.clone(), method, Some("listener"), trailers()).await.0, refused);
            assert_eq!(call(Block, layer.clone(), method, Some("speaker"), trailers()).await.0, Code::Ok);
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

/// `hide` must look like nothing at all, so there is one answer for whatever the layer does not know.
#[tokio::test]
async fn what_the_layer_does_not_know_is_refused_like_a_hidden_method() {
    for (method, token) in [("Missing", None), ("Missing", Some("speaker")), ("", None)] {
        assert_eq!(call(Block, listed(), method, token, None).await, (Code::NotFound, 0), "{method}");
    }
    // A layer that lists nothing lets nothing pass, whatever the method would say.
    let bare = AuthLayer::new(realm());
    assert_eq!(call(Block, bare, "Join", None, None).await, (Code::NotFound, 0));
}

/// A block whose author forgot one method.
struct Forgetful;

#[auth_tonic::auth_impl]
#[tonic::async_trait]
impl Echo for Forgetful {
    #[auth_tonic::requires_auth(bearer)]
    async fn say(&self, request: Request<Bytes>) -> Result<tonic::Response<Bytes>, Status> {
        Ok(tonic::Response::new(request.into_inner()))
    }

    type RepeatStream = crate::services::Letters;

    async fn repeat(&self, request: Request<Bytes>) -> Result<tonic::Response<Self::RepeatStream>, Status> {
        Ok(tonic::Response::new(crate::services::Letters(request.into_inner())))
    }

    #[auth_tonic::public(reason = "anybody may join")]
    async fn join(&self, _request: Request<tonic::Streaming<Bytes>>) -> Result<tonic::Response<Bytes>, Status> {
        Ok(tonic::Response::new(Bytes::new()))
    }
}

#[tokio::test]
async fn a_method_without_an_attribute_is_never_reached() {
    let layer = AuthLayer::new(realm()).service::<EchoServer<Forgetful>, ForgetfulEchoAuth>();
    for token in [None, Some("speaker")] {
        assert_eq!(call(Forgetful, layer.clone(), "Repeat", token, None).await, (Code::NotFound, 0));
    }
    assert_eq!(call(Forgetful, layer.clone(), "Join", None, None).await.0, Code::Ok);
    let without_reason = AuthLayer::new(realm()).unchecked::<EchoServer<Forgetful>>(" ");
    assert_eq!(call(Forgetful, without_reason, "Join", None, None).await, (Code::NotFound, 0));
    assert_eq!(call(Forgetful, layer, "Say", Some("listener"), None).await.0, Code::Ok);
}
