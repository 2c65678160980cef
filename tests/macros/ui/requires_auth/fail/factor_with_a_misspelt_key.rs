use auth_axum::requires_auth;

#[requires_auth(bearer, factor("otp", withn = "10m"))]
async fn list() {}

fn main() {}
