use auth_axum::requires_auth;

#[requires_auth(bearer, all())]
async fn list() {}

fn main() {}
