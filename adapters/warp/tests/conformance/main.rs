//! The conformance suite on warp, through a socket.

#![expect(clippy::expect_used, unreachable_pub, reason = "a test")]

mod app;

use auth_test::conformance::{Fixture, SocketTarget, Suite};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

#[test]
fn warp_through_a_socket_conforms() {
    let fixture = Fixture::new().expect("good realms");
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let app = app::App::new(&fixture);
    let server = runtime.spawn(auth_warp::serve(listener, app, std::future::pending()));
    let report = Suite::new().run(&SocketTarget::new(address));
    server.abort();
    eprintln!("warp through a socket: {report}");
    assert!(report.is_success(), "{} cases failed", report.failures.len());
    assert!(report.count >= 150, "{} cases", report.count);
}
