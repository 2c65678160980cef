use auth_axum::requires_auth;

#[requires_auth(bearer, optional, scope = "items:read")]
async fn list() {}

fn main() {}
