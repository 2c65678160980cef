use auth_axum::requires_auth;

#[requires_auth(bearer, scope = "a" || role = "b")]
async fn list() {}

fn main() {}
