use auth_axum::{Auth, Principal, requires_auth};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

#[requires_auth(bearer)]
async fn list(_user: Result<Auth<User>, auth_axum::Refusal>) {}

fn main() {}
