use auth_axum::requires_auth;

#[requires_auth(bearer, realm = "")]
async fn list() {}

fn main() {}
