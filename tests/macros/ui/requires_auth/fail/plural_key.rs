use auth_axum::requires_auth;

#[requires_auth(bearer, scopes = "items:read", roles("a", "b"))]
async fn list() {}

fn main() {}
