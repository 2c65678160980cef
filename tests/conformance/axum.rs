//! The conformance suite on axum: in process, and through a socket.

mod axum_app;
mod in_process;

use std::net::SocketAddr;

use auth_test::conformance::{Credentials, Fixture, Report, SocketTarget, Suite, black_box};
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

fn conforms_in_process(framework: &str, fixture: &Fixture, runs: usize) {
    let app = axum_app::app(fixture).into_axum();
    let target = InProcess::new(|request: http::Request<_>| {
        let app = app.clone();
        async move { app.oneshot(request.map(Body::new)).await.expect("axum never fails") }
    });
    for _ in 0..runs {
        conforms(framework, &Suite::new().run(&target));
    }
}

#[test]
fn axum_in_process_conforms() {
    conforms_in_process("axum in process", &Fixture::new().expect("good realms"), 1);
}

/// The second run meets what the first has left in the caches.
#[test]
fn axum_conforms_with_every_verdict_cached() {
    let fixture = Fixture::with_caches().expect("good realms");
    conforms_in_process("axum with caches", &fixture, 2);
    let counts = |realm: auth_core::AnyRealm| realm.cache_counts().map(|counts| (counts.scheme, counts.hits)).collect();
    let hits: Vec<(&str, u64)> = counts(fixture.main().erase());
    assert_eq!(hits.len(), 8, "each scheme has a cache: {hits:?}");
    let unused: Vec<_> = hits.iter().filter(|(_, hits)| *hits == 0).collect();
    assert!(unused.is_empty(), "never of use: {unused:?}");
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

/// What is attacked without being known: each scheme alone, and all together.
#[test]
fn axum_withstands_what_anybody_can_try() {
    let fixture = Fixture::new().expect("good realms");
    let token = Credentials::new().tokens.token("alice").mint();
    let app = axum_app::app(&fixture).into_axum();
    let target = InProcess::new(|request: http::Request<_>| {
        let app = app.clone();
        async move { app.oneshot(request.map(Body::new)).await.expect("axum never fails") }
    });
    for (path, token) in [("/bearer", Some(token.as_str())), ("/all", Some(token.as_str())), ("/basic", None)] {
        let report = black_box(&target, path, token);
        assert!(report.is_success() && report.count > 30, "{path}: {report}");
    }
}
