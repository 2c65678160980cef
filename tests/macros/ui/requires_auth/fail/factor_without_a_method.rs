use auth_axum::requires_auth;

#[requires_auth(bearer, factor(within = "10m"))]
async fn list() {}

fn main() {}
