//! The conformance suite on poem, through a socket, and each of its answers beside axum's.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and this one says how far it got"
)]

mod app;
#[expect(unreachable_pub, reason = "shared with other crates' tests")]
#[path = "../../../../tests/conformance/axum_app.rs"]
mod axum_app;
#[path = "../../../../tests/conformance/beside.rs"]
mod beside;

use auth_test::conformance::Fixture;
use beside::Framework;
use poem::Server;
use poem::listener::TcpAcceptor;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const POEM: Framework = Framework { name: "poem", deviations: &[], may_differ: |_, _| false };

#[test]
fn poem_conforms() {
    let fixture = Fixture::new().expect("good realms");
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let acceptor = {
        let _inside = runtime.enter();
        TcpAcceptor::from_tokio(listener).expect("an acceptor")
    };
    runtime.spawn(Server::new_with_acceptor(acceptor).run(app::app(&fixture)));
    POEM.conforms(address, &fixture);
}
