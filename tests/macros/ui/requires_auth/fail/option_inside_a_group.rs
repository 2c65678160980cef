use auth_axum::requires_auth;

#[requires_auth(bearer, any(role = "a", optional), all(role = "b", realm = "main"))]
async fn list() {}

fn main() {}
