use auth_axum::requires_auth;

#[requires_auth(bearer, not(scope = "a", scope = "b"))]
async fn list() {}

fn main() {}
