use auth_axum::requires_auth;

#[requires_auth(bearer, role = "")]
async fn list() {}

fn main() {}
