//! axum's own attribute stands below, and checks the function with its guard.
#![deny(warnings)]

use auth_axum::{Auth, Principal, Router, get, public, requires_auth};
use axum::debug_handler;
use axum::extract::Path;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

#[requires_auth(bearer)]
#[debug_handler]
async fn item(user: Auth<User>, Path(id): Path<String>) -> String {
    format!("{id} of {}", user.id)
}

#[public(reason = "health check")]
#[debug_handler]
async fn health() -> &'static str {
    "ok"
}

fn main() {
    let app: Router = Router::new().route("/{id}", get(item)).route("/health", get(health));
    assert_eq!(app.routes().len(), 2);
}
