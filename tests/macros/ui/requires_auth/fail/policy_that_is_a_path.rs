use auth_axum::requires_auth;

#[requires_auth(bearer, policy = policies::Listing)]
async fn list() {}

fn main() {}
