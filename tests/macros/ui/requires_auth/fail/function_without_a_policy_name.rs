use auth_axum::requires_auth;

#[requires_auth(bearer)]
async fn _1() {}

#[requires_auth(bearer)]
async fn __() {}

fn main() {}
