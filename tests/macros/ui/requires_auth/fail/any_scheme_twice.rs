use auth_axum::requires_auth;

#[requires_auth(any_scheme, any_scheme)]
async fn list() {}

fn main() {}
