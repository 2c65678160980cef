use auth_axum::requires_auth;

#[derive(Clone, auth_axum::Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

#[requires_auth(bearer)]
async fn list(_user: &auth_axum::Auth<User>) {}

fn main() {}
