use auth_axum::requires_auth;

#[requires_auth(bearer, !role = "guest")]
async fn list() {}

fn main() {}
