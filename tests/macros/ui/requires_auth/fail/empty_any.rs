use auth_axum::requires_auth;

#[requires_auth(bearer, any())]
async fn list() {}

fn main() {}
