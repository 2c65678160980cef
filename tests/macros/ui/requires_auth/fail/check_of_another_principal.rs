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

fn is_admin(_: &Admin, _: &auth_axum::Facts) -> bool {
    true
}

#[requires_auth(bearer, check = is_admin)]
async fn list(_user: auth_axum::Auth<User>) {}

fn main() {}
