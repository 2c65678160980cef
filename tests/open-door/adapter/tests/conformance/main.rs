//! The conformance suite on a framework that this project does not know, through a socket.

mod app;

use auth_test::conformance::{Fixture, SocketTarget, Suite};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

#[test]
fn an_adapter_of_somebody_else_conforms() {
    let fixture = Fixture::new().expect("good realms");
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let server = runtime.spawn(tiny_web::serve(listener, app::app(&fixture)));
    let report = Suite::new().run(&SocketTarget::new(address));
    server.abort();
    eprintln!("tiny-web: {report}");
    assert!(report.is_success(), "{} cases failed", report.failures.len());
    assert!(report.count >= 150, "{} cases", report.count);
}
