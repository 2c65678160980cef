use auth_axum::requires_auth;

#[requires_auth(NebulaKey, basic)]
async fn list() {}

fn main() {}
