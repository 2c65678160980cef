use auth_axum::requires_auth;

#[requires_auth(bearer, policy = Self)]
async fn list() {}

fn main() {}
