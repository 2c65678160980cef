use auth_axum::requires_auth;

#[requires_auth("bearer")]
async fn list() {}

fn main() {}
