//! The conformance suite: the same cases for every framework.
//!
//! A framework's adapter is right if a service built with it gives the answers of the wire table, byte for byte.
//! The suite has the routes ([`for_each_route!`](crate::for_each_route)), the realms ([`Fixture`]) and the cases
//! ([`Suite`]); an adapter writes its handlers once, in a few arms of a macro, and a [`Target`] that sends requests
//! to them: in process, or through a socket with [`SocketTarget`].
//!
//! ```no_run
//! use auth_test::conformance::{SocketTarget, Suite};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let target = SocketTarget::new("127.0.0.1:3000".parse()?);
//! let report = Suite::new().skip("head_is_decided_like_any_other_method", "this framework has no HEAD routes").run(&target);
//! eprintln!("{report}");
//! assert!(report.is_success() && report.count >= 150);
//! # Ok(())
//! # }
//! ```
//!
//! A server that is not built with an adapter, and has none of these routes, is attacked by [`black_box`]: one protected
//! path is enough.
//!
//! To mount it: for each route, a handler of its kind with its attribute, most of which
//! [`route_handler!`](crate::route_handler) writes; for each [`Group`], the layers of
//! [`Fixture::realms`], outermost first; for unknown paths, the adapter's `not_found` with [`Fixture::main`]. The
//! peer of a connection may be unknown.

mod black_box;
mod cases;
mod expect;
mod fixture;
mod handlers;
mod report;
mod routes;
mod socket;
mod wire;

pub use black_box::black_box;
pub use fixture::{
    Credentials, Fixture, Group, Keys, Missing, NebulaKey, PageSession, READ, Role, ServiceKey, Session, Stranger,
    Ticket, User, has_no_role, is_alice, is_stranger,
};
pub use report::{Failure, Report};
pub use socket::SocketTarget;
pub use wire::{RawRequest, RawResponse, Target};

use cases::Case;

/// The cases, some of them left out.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Suite {
    skips: Vec<(String, String)>,
}

/// Runs every case.
#[must_use]
pub fn run(target: &impl Target) -> Report {
    Suite::new().run(target)
}

impl Suite {
    /// All cases.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves a case out, and says why. To leave out what does not exist is a failure.
    pub fn skip(mut self, name: impl Into<String>, reason: impl Into<String>) -> Self {
        self.skips.push((name.into(), reason.into()));
        self
    }

    /// The names of all cases, in order, those left out included.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        cases::all().into_iter().map(|case| case.name).collect()
    }

    /// Runs the cases.
    #[must_use]
    pub fn run(&self, target: &impl Target) -> Report {
        let mut report = Report { skipped: self.skips.clone(), ..Report::default() };
        let cases = cases::all();
        for (name, reason) in self.skips.iter().filter(|(name, _)| !cases.iter().any(|case| case.name == *name)) {
            report.failures.push(Failure {
                name: name.clone(),
                expected: "a case of this name, since it is to be skipped".to_owned(),
                got: format!("none; the reason to skip it was: {reason}"),
            });
        }
        for Case { name, request, expect } in cases {
            if self.skips.iter().any(|(skipped, _)| *skipped == name) {
                continue;
            }
            report.count = report.count.saturating_add(1);
            if let Some((expected, got)) = expect.judge(&request, |request| target.exchange(request)) {
                report.failures.push(Failure { name, expected, got });
            }
        }
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Silent;

    impl Target for Silent {
        fn exchange(&self, _: &RawRequest) -> RawResponse {
            RawResponse::failure("nobody is there")
        }
    }

    #[test]
    fn names_are_unique_and_speak() {
        let mut names = Suite::new().names();
        assert!(names.len() >= 250, "{}", names.len());
        for name in &names {
            let is_plain = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
            assert!(is_plain && name.contains('_'), "{name}");
        }
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "a name stands twice");
    }

    #[test]
    fn nothing_passes_without_an_answer() {
        let report = run(&Silent);
        assert_eq!(report.failures.len(), report.count);
    }

    #[test]
    fn skipped_cases_are_not_run_and_have_to_exist() {
        let known = Suite::new().names().swap_remove(0);
        let report = Suite::new().skip(known.as_str(), "a reason").skip("no_such_case", "another").run(&Silent);
        assert_eq!(report.count + 1, Suite::new().names().len());
        assert!(report.failures.iter().any(|failure| failure.name == "no_such_case"));
        assert!(!report.failures.iter().any(|failure| failure.name == known));
        assert!(report.to_string().contains(&format!("skipped {known}: a reason")));
    }
}
