//! The conformance suite on actix-web, through a socket.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and this one says how far it got"
)]

mod app;
#[expect(unreachable_pub, reason = "shared with other crates' tests")]
#[path = "../../../../tests/conformance/axum_app.rs"]
mod axum_app;
#[path = "../../../../tests/conformance/beside.rs"]
mod beside;
mod deviations;

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use actix_web::{App, HttpServer};
use auth_test::conformance::{Fixture, RawRequest};

use beside::Framework;

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

    fn stop(self) {
        System::new().block_on(self.handle.stop(false));
        self.thread.join().expect("the server ends in order");
    }
}

const ACTIX: Framework = Framework {
    name: "actix-web",
    deviations: deviations::DEVIATIONS,
    may_differ: |request, field| field == "connection" && is_upgrade(request),
};

fn is_upgrade(request: &RawRequest) -> bool {
    request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("upgrade"))
}

#[test]
fn actix_conforms() {
    let fixture = Fixture::new().expect("good realms");
    let server = Server::start(fixture.clone());
    ACTIX.conforms(server.address, &fixture);
    server.stop();
}
