use auth_axum::requires_auth;

#[requires_auth(bearer, scope = "items\"read")]
async fn list() {}

fn main() {}
