//! The conformance suite on plain functions of `http` types, without a framework.

mod in_process;
mod tower_app;

use auth_test::conformance::{Fixture, Suite};
use bytes::Bytes;
use http_body_util::Full;
use in_process::InProcess;
use tower_app::App;

#[test]
fn tower_conforms() {
    let app: App<Full<Bytes>> = App::new(Fixture::new().expect("good realms"));
    let report = Suite::new().run(&InProcess::new(|request| app.answer(request)));
    eprintln!("tower: {report}");
    assert!(report.is_success(), "{} cases failed", report.failures.len());
    assert!(report.count >= 150, "{} cases", report.count);
}
