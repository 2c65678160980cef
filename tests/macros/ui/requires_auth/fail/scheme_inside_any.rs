use auth_axum::requires_auth;

#[requires_auth(any(bearer, basic))]
async fn list() {}

fn main() {}
