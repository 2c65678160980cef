use auth_axum::requires_auth;

#[requires_auth(digest)]
async fn list() {}

fn main() {}
