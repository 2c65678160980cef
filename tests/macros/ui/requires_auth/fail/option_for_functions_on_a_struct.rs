use auth_axum::requires_auth;

#[requires_auth(bearer, policy = Name)]
struct AdminOnly;

fn main() {}
