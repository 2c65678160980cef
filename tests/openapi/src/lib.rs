//! Documents of guarded services, before a validator and a client that others wrote.
//!
//! The services of the tests have the same routes; [`Parties`] is who may call them.

mod outside;

pub use outside::{Outcome, Tools};

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use auth_core::{ApiKeyIn, Principal, Realm};
use auth_test::{FakeClock, Minter, TestApiKeys};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Who calls.
#[derive(Clone, Debug, Principal)]
pub struct User {
    #[principal(subject)]
    pub id: String,
}

/// A realm, and a token that opens all of its doors.
pub struct Parties {
    pub realm: Realm<User>,
    pub token: String,
}

impl Parties {
    #[must_use]
    pub fn new() -> Self {
        let clock = FakeClock::at(1_900_000_000);
        let minter = Minter::new("https://issuer.example", "demo", &clock);
        let keys = TestApiKeys::new("acme").expect("a prefix");
        let realm = Realm::<User>::builder("demo")
            .bearer(minter.verifier().expect("a verifier"))
            .api_key(ApiKeyIn::header("X-API-TOKEN"), keys.verifier())
            .clock(Arc::new(clock))
            .build()
            .expect("a realm");
        let token = minter.token("alice").scopes(["items:read", "items:write"]).roles(["admin"]).mint();
        Self { realm, token }
    }
}

impl Default for Parties {
    fn default() -> Self {
        Self::new()
    }
}

/// Serves on a free port of the loopback interface, until the runtime is dropped.
pub fn serve<F>(server: impl FnOnce(TcpListener) -> F) -> (Runtime, SocketAddr)
where
    F: Future<Output: Send> + Send + 'static,
{
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let inside = runtime.enter();
    let server = server(listener);
    drop(inside);
    drop(runtime.spawn(server));
    (runtime, address)
}
