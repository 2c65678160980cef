//! Drives the real program over real sockets.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod bodies;
mod catalogue_page;

use demo::suite::{Program, Server, Suite};

const PROGRAM: &str = env!("CARGO_BIN_EXE_quickstart");

/// A server of the test's own, on a free port, which is stopped when the test ends.
fn server() -> Server {
    Program::new(PROGRAM).start()
}

#[test]
fn the_demo_service_to_the_letter() {
    Suite::of(&Program::new(PROGRAM)).run();
}

#[test]
fn head_has_the_fields_of_get() {
    use demo::suite::{Request, alice};

    let (server, alice) = (server(), alice().header());
    for (path, headers) in
        [("/me", &[&*alice][..]), ("/me", &[]), ("/public", &[]), ("/hidden", &[&alice]), ("/no", &[])]
    {
        let head = server.send(&Request::new("HEAD", path).headers(headers));
        assert_eq!(head.headers, server.get(path, headers).headers, "{path}");
    }
}
