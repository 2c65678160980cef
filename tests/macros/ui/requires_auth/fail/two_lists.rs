use auth_axum::requires_auth;

#[requires_auth(bearer)]
#[requires_auth(basic)]
async fn list() {}

fn main() {}
