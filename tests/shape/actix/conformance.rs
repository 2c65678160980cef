//! The conformance suite on actix-web, and each of its answers beside axum's.

#[path = "../../conformance/axum_app.rs"]
mod axum_app;

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use actix_web::{App, HttpServer};
use auth_test::conformance::{Fixture, RawRequest, RawResponse, SocketTarget, Suite, Target};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::app;

/// An actix server in a thread of its own.
struct Server {
    address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<()>,
}

impl Server {
    fn start(fixture: Fixture) -> Self {
        let (sender, receiver) = mpsc::channel();
        let thread = thread::spawn(move || {
            System::new().block_on(async move {
                let server = HttpServer::new(move || App::new().configure(|config| app::configure(config, &fixture)))
                    .workers(1)
                    .disable_signals()
                    .bind("127.0.0.1:0")
                    .expect("a free port");
                let address = server.addrs().remove(0);
                let running = server.run();
                sender.send((address, running.handle())).expect("the test waits");
                running.await.expect("the server ends in order");
            });
        });
        let (address, handle) = receiver.recv().expect("the server starts");
        Self { address, handle, thread }
    }

    fn stop(self, runtime: &Runtime) {
        runtime.block_on(self.handle.stop(false));
        self.thread.join().expect("the server ends in order");
    }
}

/// Asks both, and keeps every difference.
struct Beside {
    axum: SocketTarget,
    actix: SocketTarget,
    compared: RefCell<usize>,
    differences: RefCell<Vec<String>>,
}

impl Target for Beside {
    fn exchange(&self, request: &RawRequest) -> RawResponse {
        let (axum, actix) = (self.axum.exchange(request), self.actix.exchange(request));
        *self.compared.borrow_mut() += 1;
        let is_upgrade = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("upgrade"));
        if comparable(&axum, is_upgrade) != comparable(&actix, is_upgrade) {
            self.differences.borrow_mut().push(format!("{request:?}\n  axum: {axum:?}\n  actix: {actix:?}"));
        }
        actix
    }
}

/// What actix-web does below every adapter. None of it lets a request pass.
const ACTIX_ITSELF: [(&str, &[&str]); 2] = [
    (
        "the server says `100 Continue` before the application sees the request; the adapter cannot change that",
        &["body_is_not_asked_for_without_credentials", "body_is_not_asked_for_without_the_scope"],
    ),
    (
        "the server takes what follows a request with `Upgrade` for its body, so it closes the connection",
        &[
            "cookie_on_an_upgrade_without_an_origin_is_403",
            "cookie_on_an_upgrade_from_another_site_is_403",
            "cookie_on_an_upgrade_from_another_origin_is_403",
        ],
    ),
];

fn suite() -> Suite {
    ACTIX_ITSELF
        .into_iter()
        .flat_map(|(reason, cases)| cases.iter().map(move |case| (reason, *case)))
        .fold(Suite::new(), |suite, (reason, case)| suite.skip(case, reason))
}

/// All bytes that the two have to agree in. The order of fields of different names says nothing (RFC 9110 §5.3),
/// that of lines of one name is kept.
fn comparable(response: &RawResponse, is_upgrade: bool) -> impl PartialEq {
    let is_compared = |name: &str| name != "date" && (name != "connection" || !is_upgrade);
    let mut headers: Vec<_> = response.headers.iter().filter(|(name, _)| is_compared(name)).collect();
    headers.sort_by_key(|(name, _)| name);
    (response.status, headers, &response.body, response.closed.filter(|_| !is_upgrade))
}

#[test]
fn actix_conforms_with_the_bytes_of_axum() {
    let fixture = Fixture::new().expect("good realms");
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let axum = SocketTarget::new(listener.local_addr().expect("an address"));
    let service = axum_app::app(&fixture).into_make_service_with_connect_info::<SocketAddr>();
    let axum_server = runtime.spawn(async move { axum::serve(listener, service).await });
    let actix_server = Server::start(fixture);

    let target = Beside {
        axum,
        actix: SocketTarget::new(actix_server.address),
        compared: RefCell::default(),
        differences: RefCell::default(),
    };
    let report = suite().run(&target);
    actix_server.stop(&runtime);
    axum_server.abort();

    let (compared, differences) = (target.compared.into_inner(), target.differences.into_inner());
    eprintln!("actix: {report}\n{compared} answers beside axum's, {} differ", differences.len());
    assert!(report.is_success(), "{} cases failed", report.failures.len());
    assert!(compared >= 250, "{compared} answers");
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}
