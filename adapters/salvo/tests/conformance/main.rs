//! The conformance suite on salvo, through a socket, and each of its answers beside axum's.

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
use salvo::Server;
use salvo::conn::tcp::TcpAcceptor;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const SALVO: Framework = Framework {
    name: "salvo",
    deviations: &[],
    // salvo takes the body of a `HEAD` away, and its length with it; of refusals the adapter keeps it.
    may_differ: |request, field| request.method == "HEAD" && field == "content-length",
};

#[test]
fn salvo_conforms() {
    let fixture = Fixture::new().expect("good realms");
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let acceptor = TcpAcceptor::try_from(listener).expect("an acceptor");
    let service = app::service(&fixture);
    runtime.spawn(async move { Server::new(acceptor).serve(service).await });
    SALVO.conforms(address, &fixture);
}
