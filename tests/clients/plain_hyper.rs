//! An endpoint on a bare socket of hyper, without a framework.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use auth_issuer::http::MAX_BODY;
use auth_test::conformance::{RawRequest, RawResponse, SocketTarget, Target as _};
use auth_tower::Peer;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::server::{Tokens, refresh_only};

/// Serves connections until the runtime ends.
fn serve(runtime: &Runtime, endpoint: Tokens) -> SocketAddr {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a socket on the loopback");
    let address = listener.local_addr().expect("an address");
    let endpoint = Arc::new(endpoint);
    drop(runtime.spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            let endpoint = Arc::clone(&endpoint);
            let service = service_fn(move |mut request: Request<Incoming>| {
                let endpoint = Arc::clone(&endpoint);
                async move {
                    request.extensions_mut().insert(Peer(peer));
                    let response = endpoint.serve(request).await;
                    Ok::<_, Infallible>(response.map(axum::body::Body::from))
                }
            });
            let connection =
                http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection);
        }
    }));
    address
}

fn form(body: &str) -> RawRequest {
    let request = RawRequest::new("POST", "/token").header("content-type", "application/x-www-form-urlencoded");
    request.body(body.as_bytes())
}

fn sole<'r>(response: &'r RawResponse, name: &str) -> Option<&'r str> {
    let mut values = response.values(name);
    values.next().filter(|_| values.next().is_none())
}

#[test]
fn an_endpoint_needs_no_framework() {
    let runtime = Runtime::new().expect("a runtime");
    let server = SocketTarget::new(serve(&runtime, refresh_only()));
    let answer = |request: &RawRequest| {
        let answer = server.exchange(request);
        assert_eq!(sole(&answer, "cache-control"), Some("no-store"), "{answer:?}");
        assert_eq!(sole(&answer, "pragma"), Some("no-cache"), "{answer:?}");
        answer
    };

    let good = "grant_type=refresh_token&refresh_token=unknown&client_id=app";
    let refused = answer(&form(good));
    assert_eq!(refused.status, 400);
    assert!(refused.body.starts_with(br#"{"error":"invalid_grant""#), "{refused:?}");
    let unknown = answer(&form("grant_type=refresh_token&refresh_token=unknown&client_id=nobody"));
    assert_eq!((unknown.status, unknown.values("www-authenticate").count()), (401, 1));

    for method in ["GET", "HEAD", "PUT"] {
        let other = answer(&RawRequest::new(method, "/token"));
        assert_eq!((other.status, sole(&other, "allow")), (405, Some("POST")), "{method}");
    }

    let long = format!("{good}&pad={}", "a".repeat(MAX_BODY));
    assert_eq!(answer(&form(&long)).status, 413, "announced");
    let typed = RawRequest::new("POST", "/token").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(answer(&typed.clone().chunked(long.as_bytes())).status, 413, "turns out longer");
    assert_eq!(answer(&typed.chunked(good.as_bytes())).status, 400, "chunks are read like others");
}
