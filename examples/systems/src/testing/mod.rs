//! Starts a server as a program, or in the process of the test with a clock that moves, and talks to it over a socket.
//!
//! ```no_run
//! # use systems::testing::{InProcess, Program, Request, form};
//! # fn example<S: systems::System + Copy>(system: S) {
//! // In a test: `env!("CARGO_BIN_EXE_nexudus-rest")`.
//! let program = Program::new("target/debug/nexudus-rest");
//! let server = program.start(&["--store", "memory:"]);
//! let answer = server.send(&form("/api/token", &[("grant_type", "password")]));
//! assert_eq!(answer.status, 400);
//!
//! let server = InProcess::start(system, &["chains_per_client=many"]);
//! server.clock.advance(std::time::Duration::from_secs(60));
//! assert_eq!(server.send(&Request::get("/")).status, 404);
//! # }
//! ```

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod answers;
mod audit;
mod bodies;
mod curl;
mod in_process;
mod own_form;
mod program;
mod secrets;
mod smtp;
mod start_up;

pub use answers::{assert_error, assert_uncached, member};
pub use audit::{Audited, EventLog};
pub use auth_test::FakeClock;
pub use bodies::{basic, form, json_of};
pub use curl::{assert_help_runs, assert_readme_runs};
pub use demo::suite::{Request, Response};
pub use in_process::InProcess;
pub use own_form::assert_own_form;
pub use program::{Ended, Program, Running};
pub use secrets::assert_absent;
pub use smtp::smtp_sink;
pub use start_up::start_up;

/// A database of its own in the private PostgreSQL of tests; `None`, and one line that says so, where there is none.
pub fn postgres() -> Option<auth_test::postgres::TestDatabase> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(auth_test::postgres::database())
}
