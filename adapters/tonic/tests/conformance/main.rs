//! The conformance suite on tonic, through a socket.

#![expect(clippy::expect_used, unreachable_pub, reason = "a test")]

mod app;
#[path = "../shared/codec.rs"]
mod codec;
mod target;

use auth_test::conformance::{Fixture, Suite};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use app::{App, Decides};
use target::GrpcTarget;

fn conforms(decides: Decides, who: &str) {
    let fixture = Fixture::new().expect("good realms");
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let app = App::new(&fixture, decides);
    // Over HTTP/1.1, so that the suite's bytes arrive as they are.
    let server = Server::builder().accept_http1(true).add_service(app);
    let server = runtime.spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let report = Suite::new().run(&GrpcTarget::new(address));
    server.abort();
    eprintln!("tonic, decided {who}: {report}");
    assert!(report.is_success(), "{} cases failed", report.failures.len());
    assert!(report.count >= 150, "{} cases", report.count);
}

#[test]
fn tonic_conforms_where_the_layer_decides() {
    conforms(Decides::Layer, "by the layer");
}

#[test]
fn tonic_conforms_where_methods_decide() {
    conforms(Decides::Method, "by the methods");
}
