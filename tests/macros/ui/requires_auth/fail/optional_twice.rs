use auth_axum::requires_auth;

#[requires_auth(bearer, optional, optional)]
async fn list() {}

fn main() {}
