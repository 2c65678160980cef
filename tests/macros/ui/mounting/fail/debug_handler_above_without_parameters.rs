//! axum's own attribute calls the function, and has no proof to give.
use auth_axum::requires_auth;
use axum::debug_handler;

#[debug_handler]
#[requires_auth(bearer)]
async fn items() -> &'static str {
    "all"
}

fn main() {}
