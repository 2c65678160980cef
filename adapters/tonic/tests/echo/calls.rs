//! Calls through a socket: what a client is told.

use std::future::Future;
use std::net::SocketAddr;

use auth_test::{basic, bearer};
use auth_tonic::AuthLayer;
use bytes::Bytes;
use futures_core::Stream;
use http::uri::PathAndQuery;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tonic::client::Grpc;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Request, Response, Status};

use crate::codec::BytesCodec;
use crate::echo::{Echo, EchoServer};
use crate::services::{Block, BlockEchoAuth, Letters, Methods, Rewritten, RewrittenEchoAuth, realm, unlisted};

/// A server at a free port, and a client of it.
struct Connection {
    grpc: Grpc<Channel>,
    server: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Connection {
    async fn open(service: impl Echo, layer: Option<AuthLayer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (incoming, service) = (TcpIncoming::from(listener), EchoServer::new(service));
        let server = tokio::spawn(async move {
            let served = match layer {
                Some(layer) => {
                    let mut server = Server::builder().layer(layer);
                    server.add_service(service).serve_with_incoming(incoming).await
                }
                None => Server::builder().add_service(service).serve_with_incoming(incoming).await,
            };
            served.expect("a server");
        });
        Self { grpc: Grpc::new(channel(address)), server }
    }

    async fn say(&mut self, credentials: &[String]) -> Result<String, Status> {
        self.grpc.ready().await.expect("a connection");
        let path = PathAndQuery::from_static("/test.Echo/Say");
        self.grpc.unary(request("hi".into(), credentials), path, BytesCodec).await.map(text)
    }

    async fn repeat(&mut self, credentials: &[String]) -> Result<Vec<String>, Status> {
        self.grpc.ready().await.expect("a connection");
        let path = PathAndQuery::from_static("/test.Echo/Repeat");
        let request = request(Bytes::from_static(b"hey"), credentials);
        let mut messages = self.grpc.server_streaming(request, path, BytesCodec).await?.into_inner();
        let mut all = Vec::new();
        while let Some(message) = messages.message().await? {
            all.push(text(Response::new(message)));
        }
        Ok(all)
    }

    async fn join(&mut self, credentials: &[String]) -> Result<String, Status> {
        self.grpc.ready().await.expect("a connection");
        let path = PathAndQuery::from_static("/test.Echo/Join");
        let messages = Letters(Bytes::from_static(b"hey"));
        self.grpc.client_streaming(request(infallible(messages), credentials), path, BytesCodec).await.map(text)
    }
}

fn channel(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).expect("a good address").connect_lazy()
}

fn request<M>(message: M, credentials: &[String]) -> Request<M> {
    let mut request = Request::new(message);
    for value in credentials {
        request.metadata_mut().append("authorization", value.parse().expect("good metadata"));
    }
    request
}

fn text(response: Response<Bytes>) -> String {
    String::from_utf8(response.into_inner().to_vec()).expect("a text")
}

/// The messages of a client cannot fail.
fn infallible(messages: Letters) -> impl Stream<Item = Bytes> + Send {
    tonic::codegen::tokio_stream::StreamExt::filter_map(messages, Result::ok)
}

/// The same for each place where attributes may stand.
async fn each<F: Future<Output = ()>>(test: impl Fn(&'static str, Connection) -> F) {
    test("methods", Connection::open(Methods, Some(unlisted())).await).await;
    test("block", Connection::open(Block, Some(unlisted())).await).await;
    test("rewritten block", Connection::open(Rewritten, Some(unlisted())).await).await;
    let listed = AuthLayer::new(realm()).service::<EchoServer<Block>, BlockEchoAuth>();
    test("listed block", Connection::open(Block, Some(listed)).await).await;
    let listed = AuthLayer::new(realm()).service::<EchoServer<Rewritten>, RewrittenEchoAuth>();
    test("listed rewritten block", Connection::open(Rewritten, Some(listed)).await).await;
}

#[tokio::test]
async fn good_credentials_reach_the_method() {
    each(|place, mut connection| async move {
        let said = connection.say(&[bearer("speaker")]).await.expect(place);
        assert_eq!(said, "speaker by bearer: hi", "{place}");
        assert_eq!(connection.repeat(&[bearer("speaker")]).await.expect(place), ["h", "e", "y"], "{place}");
        assert_eq!(connection.join(&[bearer("listener")]).await.expect(place), "listenerhey", "{place}");
        assert_eq!(connection.join(&[]).await.expect(place), "guesthey", "{place}");
        let source = connection.say(&[bearer("source")]).await.expect(place);
        assert!(source.starts_with("Network(127.0.0.1)"), "{place}: {source}");
    })
    .await;
}

/// A code, a message, and metadata in order.
fn shown(status: &Status) -> (Code, &str, Vec<(&str, &str)>) {
    let told = |name| status.metadata().get_all(name).iter().map(move |value| (name, value.to_str().expect("ASCII")));
    (status.code(), status.message(), ["www-authenticate", "retry-after"].into_iter().flat_map(told).collect())
}

#[tokio::test]
async fn each_refusal_has_its_code_and_every_challenge() {
    const BASIC: (&str, &str) = ("www-authenticate", r#"Basic realm="echo", charset="UTF-8""#);
    let challenge = |line| ("www-authenticate", line);
    let rows = [
        (vec![], (Code::Unauthenticated, "Unauthorized", vec![challenge(r#"Bearer realm="echo""#), BASIC])),
        (
            vec![bearer("unknown")],
            (
                Code::Unauthenticated,
                "Unauthorized",
                vec![challenge(r#"Bearer realm="echo", error="invalid_token""#), BASIC],
            ),
        ),
        (
            vec![basic("speaker", "guess")],
            (Code::Unauthenticated, "Unauthorized", vec![challenge(r#"Bearer realm="echo""#), BASIC]),
        ),
        (
            vec![bearer("speaker"), bearer("speaker")],
            (Code::InvalidArgument, "Bad Request", vec![challenge(r#"Bearer realm="echo", error="invalid_request""#)]),
        ),
        (
            vec![bearer("listener")],
            (
                Code::PermissionDenied,
                "Forbidden",
                vec![challenge(r#"Bearer realm="echo", error="insufficient_scope", scope="say""#)],
            ),
        ),
        (vec![bearer("rude")], (Code::PermissionDenied, "Forbidden", vec![])),
        (vec![bearer("throttled")], (Code::ResourceExhausted, "Too Many Requests", vec![("retry-after", "7")])),
        (vec![bearer("down")], (Code::Unavailable, "Service Unavailable", vec![("retry-after", "5")])),
    ];
    each(|place, mut connection| {
        let rows = &rows;
        async move {
            for (credentials, expected) in rows {
                let refused = connection.say(credentials).await.expect_err(place);
                assert_eq!(&shown(&refused), expected, "{place} {credentials:?}");
                let content_type = refused.metadata().get("content-type").map(|value| value.to_str().expect("ASCII"));
                assert!(matches!(content_type, None | Some("application/grpc")), "{place} {content_type:?}");
            }
            let hidden = connection.repeat(&[bearer("listener")]).await.expect_err(place);
            assert_eq!(shown(&hidden), (Code::NotFound, "Not Found", vec![]), "{place}");
            let unauthorized = connection.repeat(&[]).await.expect_err(place);
            assert_eq!(unauthorized.code(), Code::Unauthenticated, "{place}");
            let no_guest = connection.join(&[bearer("unknown")]).await.expect_err(place);
            assert_eq!(no_guest.code(), Code::Unauthenticated, "{place}");
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_layer_nobody_passes() {
    let internal = (Code::Internal, "Internal Server Error", vec![]);
    for mut connection in [Connection::open(Methods, None).await, Connection::open(Block, None).await] {
        for credentials in [&[][..], &[bearer("speaker")]] {
            assert_eq!(shown(&connection.say(credentials).await.expect_err("no layer")), internal);
            assert_eq!(shown(&connection.repeat(credentials).await.expect_err("no layer")), internal);
            assert_eq!(shown(&connection.join(credentials).await.expect_err("no layer")), internal);
        }
    }
}
