//! The conformance suite on Rocket, through a socket.

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
mod deviations;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;

use auth_test::conformance::{Fixture, RawRequest};
use rocket::Shutdown;
use rocket::config::{LogLevel, Shutdown as ShutdownConfig};
use rocket::fairing::AdHoc;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use beside::Framework;

/// A Rocket that has lifted off.
struct Server {
    address: SocketAddr,
    shutdown: Shutdown,
    flight: JoinHandle<()>,
}

impl Server {
    fn start(runtime: &Runtime, fixture: &Fixture) -> Self {
        let config = rocket::Config {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            log_level: LogLevel::Off,
            shutdown: ShutdownConfig { ctrlc: false, grace: 0, mercy: 0, ..ShutdownConfig::default() },
            ..rocket::Config::debug_default()
        };
        let (sender, receiver) = mpsc::channel();
        let rocket = app::app(&config, fixture).attach(AdHoc::on_liftoff("address", move |rocket| {
            Box::pin(async move {
                let address = SocketAddr::new(rocket.config().address, rocket.config().port);
                sender.send((address, rocket.shutdown())).expect("the test waits");
            })
        }));
        let flight = runtime.spawn(async move {
            let _landed = rocket.launch().await.expect("the server ends in order");
        });
        let (address, shutdown) = receiver.recv().expect("the server starts");
        Self { address, shutdown, flight }
    }

    fn stop(self, runtime: &Runtime) {
        self.shutdown.notify();
        runtime.block_on(self.flight).expect("the server ends in order");
    }
}

const ROCKET: Framework = Framework {
    name: "Rocket",
    deviations: deviations::DEVIATIONS,
    may_differ: |request, field| match field {
        // Rocket puts them on every answer.
        "server" | "x-content-type-options" | "x-frame-options" | "permissions-policy" => true,
        "www-authenticate" => has_no_text(request),
        // And these are a guest's, or those of one good credential.
        _ if request.target.starts_with("/optional/") => has_no_text(request),
        _ => false,
    },
};

fn has_no_text(request: &RawRequest) -> bool {
    request.headers.iter().any(|(_, value)| str::from_utf8(value).is_err())
}

#[test]
fn rocket_conforms() {
    let runtime = Runtime::new().expect("a runtime");
    let fixture = Fixture::new().expect("good realms");
    let server = Server::start(&runtime, &fixture);
    ROCKET.conforms(server.address, &fixture);
    server.stop(&runtime);
}
