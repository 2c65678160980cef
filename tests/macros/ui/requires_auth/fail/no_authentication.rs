use auth_axum::requires_auth;

#[requires_auth(none)]
async fn list() {}

fn main() {}
