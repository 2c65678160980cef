//! A realm that requires https, behind TLS and without it.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::{fs, io};

use auth_test::bearer;
use auth_tonic::AuthLayer;
use bytes::Bytes;
use futures_core::Stream;
use http::uri::PathAndQuery;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;
use tonic::client::Grpc;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity, Server, ServerTlsConfig};
use tonic::{Code, Request, Status};

use crate::codec::BytesCodec;
use crate::echo::EchoServer;
use crate::services::{Block, BlockEchoAuth, builder};

fn pem(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../auth-jwks/tests/behaviour/certificates");
    fs::read(format!("{folder}/{name}")).expect("a file of certificates")
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

fn layer() -> AuthLayer {
    let realm = builder().require_https().build().expect("a good realm");
    AuthLayer::new(realm).service::<EchoServer<Block>, BlockEchoAuth>()
}

/// A client that has connected by TLS, to the name in the certificate.
fn by_tls(address: SocketAddr) -> Channel {
    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem("ca.pem"))).domain_name("localhost");
    let endpoint = Endpoint::from_shared(format!("https://{address}")).expect("a good address");
    endpoint.tls_config(tls).expect("a good authority").connect_lazy()
}

async fn say(channel: Channel) -> Result<String, Status> {
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.expect("a connection");
    let mut request = Request::new(Bytes::from_static(b"hi"));
    request.metadata_mut().insert("authorization", bearer("source").parse().expect("a good value"));
    let said = grpc.unary(request, PathAndQuery::from_static("/test.Echo/Say"), BytesCodec).await?;
    Ok(String::from_utf8(said.into_inner().to_vec()).expect("UTF-8"))
}

/// The believed token's subject is the source that its verifier was told.
#[track_caller]
fn assert_is_from_here(said: &Result<String, Status>) {
    assert!(said.as_ref().is_ok_and(|said| said.contains("127.0.0.1")), "{said:?}");
}

#[tokio::test]
async fn a_call_over_tls_of_tonic_is_encrypted() {
    let (listener, address) = listen().await;
    let tls = ServerTlsConfig::new().identity(Identity::from_pem(pem("localhost.pem"), pem("localhost.key")));
    let mut server = Server::builder().tls_config(tls).expect("a good certificate").layer(layer());
    let server = server.add_service(EchoServer::new(Block)).serve_with_incoming(TcpIncoming::from(listener));
    let server = tokio::spawn(server);
    assert_is_from_here(&say(by_tls(address)).await);
    server.abort();
}

#[tokio::test]
async fn a_call_without_tls_is_not() {
    let (listener, address) = listen().await;
    let mut server = Server::builder().layer(layer());
    let server = server.add_service(EchoServer::new(Block)).serve_with_incoming(TcpIncoming::from(listener));
    let server = tokio::spawn(server);
    let plain = Endpoint::from_shared(format!("http://{address}")).expect("a good address").connect_lazy();
    let refused = say(plain).await.expect_err("require_https");
    assert_eq!(refused.code(), Code::PermissionDenied, "{refused:?}");
    server.abort();
}

/// One connection, whose handshake is over, and no end.
struct Accepted(Option<TlsStream<TcpStream>>);

impl Stream for Accepted {
    type Item = io::Result<TlsStream<TcpStream>>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.take().map_or(Poll::Pending, |stream| Poll::Ready(Some(Ok(stream))))
    }
}

#[tokio::test]
async fn a_call_over_tls_that_the_server_accepts_by_itself_is_encrypted() {
    let chain = vec![CertificateDer::from_pem_slice(&pem("localhost.pem")).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_slice(&pem("localhost.key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let config = config.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
    let mut config = config.with_single_cert(chain, key).expect("a pair");
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let accepted = Accepted(Some(acceptor.accept(stream).await.expect("a handshake")));
        let mut server = Server::builder().layer(layer());
        server.add_service(EchoServer::new(Block)).serve_with_incoming(accepted).await
    });
    assert_is_from_here(&say(by_tls(address)).await);
    server.abort();
}
