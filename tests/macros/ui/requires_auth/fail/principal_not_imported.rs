use auth_axum::requires_auth;

struct User;

#[requires_auth(bearer)]
async fn list(_user: Auth<User>) {}

fn main() {}
