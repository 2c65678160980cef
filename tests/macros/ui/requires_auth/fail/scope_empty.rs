use auth_axum::requires_auth;

#[requires_auth(bearer, scope = "")]
async fn list() {}

fn main() {}
