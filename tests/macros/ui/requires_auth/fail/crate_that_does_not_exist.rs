use auth_axum::requires_auth;

#[requires_auth(bearer, crate = auth_axom)]
async fn list() {}

fn main() {}
