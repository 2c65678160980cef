use auth_axum::requires_auth;

#[requires_auth(bearer, check = "may_read")]
async fn list() {}

fn main() {}
