use auth_axum::requires_auth;

#[requires_auth(bearer, hide)]
async fn list() {}

fn main() {}
