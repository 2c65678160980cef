//! As many parameters as axum takes beside the guard.
#![deny(warnings)]

use auth_axum::{MethodRouter, get, requires_auth};
use axum::http::{HeaderMap, Method, Uri};

#[requires_auth(bearer)]
async fn list(
    _1: Method,
    _2: Uri,
    _3: HeaderMap,
    _4: Method,
    _5: Uri,
    _6: HeaderMap,
    _7: Method,
    _8: Uri,
    _9: HeaderMap,
    _10: Method,
    _11: Uri,
    _12: HeaderMap,
    _13: Method,
    _14: Uri,
    _15: String,
) {
}

/// More, two of them as one.
#[requires_auth(bearer)]
async fn more((_method, _uri): (Method, Uri), _body: String) {}

fn main() {
    let _routes: [MethodRouter; 2] = [get(list), get(more)];
}
