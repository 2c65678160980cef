use auth_axum::requires_auth;

#[requires_auth(bearer, scope = 7)]
async fn list() {}

fn main() {}
