use auth_axum::requires_auth;

#[requires_auth(bearer, any[scope = "a", role = "b"])]
async fn list() {}

fn main() {}
