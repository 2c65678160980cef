//! The conformance suite on axum: in process, and through a socket.

mod axum_app;
mod in_process;

use std::net::SocketAddr;

use auth_test::conformance::{Fixture, Report, SocketTarget, Suite};
use axum::body::Body;
use in_process::InProcess;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

fn conforms(framework: &str, report: &Report) {
    eprintln!("{framework}: {report}");
    assert!(report.is_success(), "{} cases failed", report.failures.len());
    assert!(report.count >= 150, "{} cases", report.count);
}

#[test]
fn axum_in_process_conforms() {
    let fixture = Fixture::new().expect("good realms");
    let app = axum_app::app(&fixture).into_axum();
    let target = InProcess::new(|request: http::Request<_>| {
        let app = app.clone();
        async move { app.oneshot(request.map(Body::new)).await.expect("axum never fails") }
    });
    conforms("axum in process", &Suite::new().run(&target));
}

#[test]
fn axum_through_a_socket_conforms() {
    let fixture = Fixture::new().expect("good realms");
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let service = axum_app::app(&fixture).into_make_service_with_connect_info::<SocketAddr>();
    let server = runtime.spawn(async move { axum::serve(listener, service).await });
    let report = Suite::new().run(&SocketTarget::new(address));
    server.abort();
    conforms("axum through a socket", &report);
}
