use auth_axum::requires_auth;

#[requires_auth(bearer, basic, bearer)]
async fn list() {}

fn main() {}
