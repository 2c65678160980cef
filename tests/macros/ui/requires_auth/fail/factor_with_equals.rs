use auth_axum::requires_auth;

#[requires_auth(bearer, factor = "otp")]
async fn list() {}

fn main() {}
