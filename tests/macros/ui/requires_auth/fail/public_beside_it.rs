use auth_axum::requires_auth;

#[requires_auth(bearer)]
#[auth_axum::public(reason = "also open")]
async fn list() {}

fn main() {}
