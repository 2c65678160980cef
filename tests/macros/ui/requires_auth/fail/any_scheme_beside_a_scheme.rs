use auth_axum::requires_auth;

#[requires_auth(bearer, any_scheme)]
async fn list() {}

fn main() {}
