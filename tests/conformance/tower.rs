//! The conformance suite on plain functions of `http` types, without a framework.

mod in_process;
mod tower_app;

use auth_test::conformance::{Fixture, Suite};
use bytes::Bytes;
use http_body_util::Full;
use in_process::InProcess;
use tower_app::App;

/// What a default policy decides for handlers without an attribute.
const DEFAULT_POLICY: [&str; 3] = [
    "default_policy_lets_good_credentials_pass",
    "default_policy_challenges_without_credentials",
    "default_policy_refuses_bad_credentials",
];

#[test]
fn tower_conforms() {
    let app: App<Full<Bytes>> = App::new(Fixture::new().expect("good realms"));
    let suite = DEFAULT_POLICY.iter().fold(Suite::new(), |suite, name| {
        suite
            .skip(*name, "`Auth::of` does not wait, so without an attribute it answers 500 whatever the default policy")
    });
    let report = suite.run(&InProcess::new(|request| app.answer(request)));
    eprintln!("tower: {report}");
    assert!(report.is_success(), "{} cases failed", report.failures.len());
    assert!(report.count >= 150, "{} cases", report.count);
}
