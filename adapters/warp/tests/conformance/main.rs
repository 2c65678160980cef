//! The conformance suite on warp, through a socket, and each of its answers beside axum's.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a test that cannot go on has failed, and this one says how far it got; parts are shared with other tests"
)]

mod app;
#[path = "../../../../tests/conformance/axum_app.rs"]
mod axum_app;
#[path = "../../../../tests/conformance/beside.rs"]
mod beside;
#[path = "../../../../tests/conformance/http2_target.rs"]
mod http2_target;

use std::net::SocketAddr;

use auth_test::conformance::Fixture;
use beside::Framework;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const WARP: Framework = Framework { name: "warp", deviations: &[], may_differ: |_, _| false };

/// The runtime that serves it, and where.
fn serve(fixture: &Fixture) -> (Runtime, SocketAddr) {
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(auth_warp::serve(listener, app::App::new(fixture), std::future::pending()));
    (runtime, address)
}

#[test]
fn warp_conforms() {
    let fixture = Fixture::new().expect("good realms");
    let (_runtime, address) = serve(&fixture);
    WARP.conforms(address, &fixture);
}

#[test]
fn warp_over_http2_conforms() {
    let (_runtime, address) = serve(&Fixture::new().expect("good realms"));
    http2_target::conforms("warp over HTTP/2", address);
}

#[test]
fn warp_refuses_over_http2_without_the_body() {
    let (_runtime, address) = serve(&Fixture::new().expect("good realms"));
    http2_target::refuses_without_the_body(address);
}
