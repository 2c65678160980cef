use auth_axum::requires_auth;

#[derive(Clone, auth_axum::Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

fn may_read(_: &User, _: &auth_axum::Facts) -> bool {
    true
}

#[requires_auth(bearer, check = may_reed)]
async fn list() {}

fn main() {}
