use auth_axum::requires_auth;

#[requires_auth(bearer, within = "10m")]
async fn list() {}

fn main() {}
