use auth_axum::requires_auth;

#[requires_auth(bearer, scope = scopes::read())]
async fn list() {}

fn main() {}
