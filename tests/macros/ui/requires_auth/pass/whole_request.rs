//! A handler that takes the whole request has a guard like any other, so it can be mounted.

use auth_axum::{Auth, get, requires_auth};
use axum::body::Body;
use http::Request;

#[requires_auth(bearer)]
async fn upload(user: Auth<String>, request: Request<Body>) -> String {
    format!("{} by {}", request.uri(), *user)
}

fn main() {
    let _route: auth_axum::MethodRouter = get(upload);
}
