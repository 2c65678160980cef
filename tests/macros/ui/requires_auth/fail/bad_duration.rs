use auth_axum::requires_auth;

#[requires_auth(bearer, factor("otp", within = "10 minutes"))]
async fn list() {}

fn main() {}
