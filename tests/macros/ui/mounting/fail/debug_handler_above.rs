//! axum's own attribute looks at the function before its guard is there.
use auth_axum::{Auth, Principal, requires_auth};
use axum::debug_handler;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

#[debug_handler]
#[requires_auth(bearer)]
async fn items(user: Auth<User>) -> String {
    user.id.clone()
}

fn main() {}
