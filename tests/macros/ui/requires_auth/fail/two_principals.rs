use auth_axum::requires_auth;

#[derive(Clone, auth_axum::Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

#[derive(Clone, auth_axum::Principal)]
struct Admin {
    #[principal(subject)]
    id: String,
}

#[requires_auth(bearer)]
async fn list(_user: auth_axum::Auth<User>, _admin: auth_axum::Auth<Admin>) {}

fn main() {}
