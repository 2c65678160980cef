use auth_axum::requires_auth;

#[requires_auth(bearer, factor("one time"))]
async fn list() {}

fn main() {}
