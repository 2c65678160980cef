use auth_axum::requires_auth;

#[requires_auth(bearer, scope = "a", scope("b", "a"))]
async fn list() {}

fn main() {}
