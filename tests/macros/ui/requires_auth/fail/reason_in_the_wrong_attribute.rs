use auth_axum::requires_auth;

#[requires_auth(bearer, reason = "staff only")]
async fn list() {}

fn main() {}
