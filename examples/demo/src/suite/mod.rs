//! Drives an example's program over real sockets: every row of the demo service, its refusals to the byte.
//!
//! One test runs it all:
//!
//! ```no_run
//! use demo::suite::{Program, Suite};
//!
//! # let path = "target/debug/hello-axum";
//! // In a test: `env!("CARGO_BIN_EXE_hello-axum")`.
//! Suite::of(&Program::new(path)).run();
//! ```
//!
//! What a framework makes impossible is named with its reason, and has to fail as long as it is named:
//! `Suite::of(..).impossible("refusals::other_methods_are_told_the_right_ones", "warp does not know the routes")`.
//! Such a case asks a server of its own, and does not wait long for an answer that is not to come.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed"
)]

use std::panic::{self, AssertUnwindSafe};

/// The cases of a module, under their names.
macro_rules! cases {
    ($module:literal: $($case:ident,)*) => {
        pub(super) const CASES: &[super::Case] =
            &[$(super::Case { name: concat!($module, "::", stringify!($case)), run: $case }),*];
    };
}

mod answers;
mod bodies;
mod client;
mod curl_lines;
mod mint;
mod paths;
mod process;
mod refusals;
mod routes;
mod server;
mod tokens;

pub use client::{Request, Response, read_response};
pub use mint::{Token, alice, basic, root, token};
pub use server::{API_KEY, Program, RefusedStart, START, Server, wait};

/// One rule of the service.
struct Case {
    name: &'static str,
    run: fn(&Program),
}

const CASES: [&[Case]; 8] = [
    routes::CASES,
    refusals::CASES,
    paths::CASES,
    answers::CASES,
    tokens::CASES,
    bodies::CASES,
    curl_lines::CASES,
    process::CASES,
];

/// All cases, for one program.
#[derive(Debug)]
#[must_use = "nothing runs before `run`"]
pub struct Suite<'p> {
    program: &'p Program,
    impossible: Vec<(&'static str, &'static str)>,
}

impl<'p> Suite<'p> {
    /// The suite of a program.
    pub fn of(program: &'p Program) -> Self {
        Self { program, impossible: Vec::new() }
    }

    /// Names a case that the program's framework makes impossible, and why.
    pub fn impossible(mut self, case: &'static str, reason: &'static str) -> Self {
        self.impossible.push((case, reason));
        self
    }

    /// Runs every case and prints how many there were.
    ///
    /// # Panics
    ///
    /// If a case fails that should not, or holds although it is said to be impossible; after all have run.
    pub fn run(self) {
        let (mut passed, mut wrong) = (0, Vec::new());
        for name in self.impossible.iter().map(|(name, _)| *name) {
            assert!(CASES.iter().copied().flatten().any(|case| case.name == name), "there is no case {name}");
        }
        let hurried = self.program.with_patience(server::LITTLE_PATIENCE);
        for case in CASES.into_iter().flatten() {
            let impossible = self.impossible.iter().find(|(name, _)| *name == case.name);
            let program = if impossible.is_some() { &hurried } else { self.program };
            let holds = panic::catch_unwind(AssertUnwindSafe(|| (case.run)(program))).is_ok();
            match (holds, impossible) {
                (true, None) => passed += 1,
                (false, Some((name, reason))) => println!("{name} is impossible: {reason}"),
                (false, None) => wrong.push(format!("{} fails", case.name)),
                (true, Some(_)) => wrong.push(format!("{} is said to be impossible and holds", case.name)),
            }
        }
        assert!(wrong.is_empty(), "{}: {}", self.program.name(), wrong.join("; "));
        println!("{}: {passed} cases pass, {} are impossible", self.program.name(), self.impossible.len());
    }
}
