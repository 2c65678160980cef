use auth_axum::requires_auth;

#[requires_auth(bearer, scope("a" "b"))]
async fn list() {}

fn main() {}
