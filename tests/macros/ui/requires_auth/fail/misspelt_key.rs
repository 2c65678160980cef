use auth_axum::requires_auth;

#[requires_auth(bearer, scop = "items:read")]
async fn list() {}

fn main() {}
