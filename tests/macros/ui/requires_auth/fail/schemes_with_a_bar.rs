use auth_axum::requires_auth;

#[requires_auth(bearer | basic)]
async fn list() {}

fn main() {}
