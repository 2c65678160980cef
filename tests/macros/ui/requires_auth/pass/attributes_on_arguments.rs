//! Attributes of parameters stay with them, and a parameter that `#[cfg]` removes is gone.
#![deny(warnings)]

use auth_axum::{MethodRouter, get, requires_auth};
use axum::http::{HeaderMap, Uri};

#[requires_auth(bearer)]
async fn list(
    #[expect(unused_variables, reason = "shown")] uri: Uri,
    #[cfg(any())] missing: Missing,
    #[cfg(all())]
    #[allow(unused_mut, reason = "shown")]
    mut headers: HeaderMap,
) -> String {
    headers.len().to_string()
}

fn main() {
    let _route: MethodRouter = get(list);
}
