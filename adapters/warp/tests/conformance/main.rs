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

use auth_test::conformance::Fixture;
use beside::Framework;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const WARP: Framework = Framework { name: "warp", deviations: &[], may_differ: |_, _| false };

#[test]
fn warp_conforms() {
    let fixture = Fixture::new().expect("good realms");
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(auth_warp::serve(listener, app::App::new(&fixture), std::future::pending()));
    WARP.conforms(address, &fixture);
}
