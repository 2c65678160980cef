use auth_axum::requires_auth;

#[requires_auth(bearer)]
async fn list(_user: auth_axum::Auth) {}

fn main() {}
