use auth_axum::requires_auth;

#[requires_auth(bearer, check = |user, facts| true)]
async fn list() {}

fn main() {}
