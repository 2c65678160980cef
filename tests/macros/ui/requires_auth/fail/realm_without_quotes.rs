use auth_axum::requires_auth;

#[requires_auth(bearer, realm = main)]
async fn list() {}

fn main() {}
