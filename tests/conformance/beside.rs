//! The conformance suite against a framework's server, and each of its answers beside axum's.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::SocketAddr;

use auth_test::conformance::{Fixture, RawRequest, RawResponse, SocketTarget, Suite, Target};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::axum_app;

/// What a framework does that no adapter can change: the reason, and the cases that come out otherwise for it.
pub(crate) type Deviations = &'static [(&'static str, &'static [&'static str])];

/// A framework under test.
pub(crate) struct Framework {
    pub(crate) name: &'static str,
    /// None of these opens a door that needs a credential to somebody without a good one.
    pub(crate) deviations: Deviations,
    /// The field, in lower case, of answers to such a request that may differ from axum's, for one of the reasons.
    pub(crate) may_differ: fn(&RawRequest, &str) -> bool,
}

/// Asks both, and keeps every difference.
struct Beside<'f> {
    framework: &'f Framework,
    axum: SocketTarget,
    other: SocketTarget,
    compared: RefCell<usize>,
    differences: RefCell<Vec<String>>,
}

impl Target for Beside<'_> {
    fn exchange(&self, request: &RawRequest) -> RawResponse {
        let (axum, other) = (self.axum.exchange(request), self.other.exchange(request));
        *self.compared.borrow_mut() += 1;
        if self.comparable(request, &axum) != self.comparable(request, &other) {
            let name = self.framework.name;
            self.differences.borrow_mut().push(format!("{request:?}\n  axum: {axum:?}\n  {name}: {other:?}"));
        }
        other
    }
}

impl<'f> Beside<'f> {
    /// What the two have to agree in. The order of fields of different names says nothing (RFC 9110 §5.3), that of
    /// lines of one name is kept.
    fn comparable<'r>(&self, request: &RawRequest, response: &'r RawResponse) -> impl PartialEq + use<'r, 'f> {
        let may_differ = |name: &str| name == "date" || (self.framework.may_differ)(request, name);
        let mut headers: Vec<_> = response.headers.iter().filter(|(name, _)| !may_differ(name)).collect();
        headers.sort_by_key(|(name, _)| name);
        let status = Some(response.status).filter(|_| !may_differ(":status"));
        let body = Some(&response.body).filter(|_| !may_differ(":body"));
        (status, headers, body, response.closed.filter(|_| !may_differ("connection")))
    }
}

impl Framework {
    /// Runs the suite against the server at `address`. Its answers have to be those of the wire table and the bytes of
    /// axum, but for the cases that the framework lists; those have to come out otherwise.
    pub(crate) fn conforms(&self, address: SocketAddr, fixture: &Fixture) {
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let axum = SocketTarget::new(listener.local_addr().expect("an address"));
        let service = axum_app::app(fixture).into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async move { axum::serve(listener, service).await });

        let target = Beside {
            framework: self,
            axum,
            other: SocketTarget::new(address),
            compared: RefCell::default(),
            differences: RefCell::default(),
        };
        let report = Suite::new().run(&target);
        let (compared, differences) = (target.compared.into_inner(), target.differences.into_inner());

        let listed: BTreeSet<&str> = self.deviations.iter().flat_map(|(_, cases)| *cases).copied().collect();
        let failed: BTreeSet<&str> = report.failures.iter().map(|failure| failure.name.as_str()).collect();
        eprintln!("{}: {} of {} cases passed", self.name, report.count - failed.len(), report.count);
        for (reason, cases) in self.deviations {
            eprintln!("  not {}: {reason}", cases.join(", "));
        }
        let unlisted = report.failures.iter().filter(|failure| !listed.contains(failure.name.as_str()));
        let unlisted: Vec<_> =
            unlisted.map(|failure| format!("{}\n  {}\n  {}", failure.name, failure.expected, failure.got)).collect();
        assert!(unlisted.is_empty(), "{} cases failed:\n{}", unlisted.len(), unlisted.join("\n\n"));
        assert!(failed == listed, "listed, but as the suite wants it: {:?}", listed.difference(&failed));
        assert!(report.count >= 250 && compared >= 250, "{} cases, {compared} answers", report.count);
        assert!(
            differences.is_empty(),
            "{} answers differ from axum's:\n{}",
            differences.len(),
            differences.join("\n\n")
        );
    }
}
