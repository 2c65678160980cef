//! The conformance suite over HTTP/2, through a socket, on axum's own server.

mod axum_app;
mod http2_target;

use std::net::SocketAddr;

use auth_test::conformance::Fixture;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The runtime that serves it, and where.
fn serve() -> (Runtime, SocketAddr) {
    let fixture = Fixture::new().expect("good realms");
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let service = axum_app::app(&fixture).into_make_service_with_connect_info::<SocketAddr>();
    runtime.spawn(async move { axum::serve(listener, service).await });
    (runtime, address)
}

#[test]
fn axum_over_http2_conforms() {
    let (_runtime, address) = serve();
    http2_target::conforms("axum over HTTP/2", address);
}

#[test]
fn axum_refuses_over_http2_without_the_body() {
    let (_runtime, address) = serve();
    http2_target::refuses_without_the_body(address);
}
