use auth_axum::requires_auth;

#[requires_auth()]
async fn list() {}

fn main() {}
