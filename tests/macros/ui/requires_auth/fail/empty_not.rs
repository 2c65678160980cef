use auth_axum::requires_auth;

#[requires_auth(bearer, not())]
async fn list() {}

fn main() {}
