use auth_axum::requires_auth;

#[requires_auth(scope = "items:read")]
async fn list() {}

fn main() {}
