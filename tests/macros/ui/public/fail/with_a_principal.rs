use auth_axum::{Auth, Principal, public};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

#[public(reason = "open")]
async fn health(_user: Auth<User>) {}

fn main() {}
