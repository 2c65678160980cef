use auth_axum::requires_auth;

#[requires_auth(jwt, session, permission = "a", or(role = "a", role = "b"))]
async fn list() {}

fn main() {}
