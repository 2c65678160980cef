use auth_axum::requires_auth;

#[requires_auth(bearer, crate = "auth_axum")]
async fn list() {}

fn main() {}
