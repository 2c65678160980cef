//! That a server says everything that it refuses in its own form.

use demo::suite::{Request, Response};

/// Sends what no handler wants, and checks that no answer is one that the web framework makes by itself, in plain text.
///
/// `headers` are credentials that open the doors of `paths`, so that extractors behind them are reached. `{x}` in a path
/// is filled with things that are no id.
#[track_caller]
pub fn assert_own_form(send: impl Fn(&Request) -> Response, headers: &[&str], paths: &[&str]) {
    let mut refused = 0_usize;
    let filled = paths.iter().flat_map(|path| ["%ff", "%00", "%2f%2e", "x"].map(|id| path.replace("{x}", id)));
    for path in filled.collect::<std::collections::BTreeSet<_>>() {
        for request in requests(&path) {
            let request = request.headers(headers);
            let answer = send(&request);
            if answer.status < 400 || answer.body.is_empty() {
                continue;
            }
            refused = refused.saturating_add(1);
            let is_own = matches!(answer.all("content-type").as_slice(), [kind] if !kind.starts_with("text/plain"));
            assert!(is_own, "{request:?}: {answer:?}");
        }
    }
    assert!(refused > 0, "something was refused");
}

fn requests(path: &str) -> Vec<Request> {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let mut all: Vec<_> = methods.iter().map(|method| Request::new(method, path)).collect();
    let between = if path.contains('?') { '&' } else { '?' };
    for query in ["%ff=%ff", "a=%zz", "a=1&a=2", "page=x&size=-1&from=x&t=%ff&email=%ff&_resource=%ff"] {
        all.extend(["GET", "POST"].map(|method| Request::new(method, &format!("{path}{between}{query}"))));
    }
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let request = || Request::new(method, path);
        let form = "Content-Type: application/x-www-form-urlencoded";
        all.extend([
            request().json("{"),
            request().json("[]"),
            request().json([0x7b, 0x22, 0xff, 0x22, 0x7d]),
            request().json(format!(r#"{{"a":"{}"}}"#, "x".repeat(17 * 1024))),
            request().header(form).body("a=%ff&a&=&a=1"),
            request().header(form).body([0xff]),
            request().header("Content-Type: text/xml").body("<a/>"),
            request().body("without a type"),
        ]);
    }
    all
}
