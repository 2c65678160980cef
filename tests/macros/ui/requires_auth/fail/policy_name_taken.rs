use auth_axum::requires_auth;

#[requires_auth(bearer)]
async fn get_a() {}

#[requires_auth(bearer)]
async fn getA() {}

fn main() {}
