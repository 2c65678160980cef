use auth_axum::requires_auth;

#[requires_auth(bearer, realm = "a", realm = "b")]
async fn list() {}

fn main() {}
