use auth_axum::requires_auth;

#[requires_auth(bearer, optional = true)]
async fn list() {}

fn main() {}
