//! Other attributes stay, above and below.
#![deny(warnings)]

use auth_axum::{MethodRouter, get, requires_auth};

#[inline]
#[requires_auth(bearer)]
#[must_use]
#[allow(clippy::unused_async, reason = "shown")]
async fn listed() -> String {
    String::new()
}

#[deprecated = "use `listed`"]
#[requires_auth(bearer)]
async fn old() {}

#[cold]
#[requires_auth(bearer)]
#[expect(unused_variables, reason = "shown")]
async fn rare(uri: axum::http::Uri) {}

fn main() {
    #[expect(deprecated, reason = "shown")]
    let _routes: [MethodRouter; 3] = [get(listed), get(old), get(rare)];
}
