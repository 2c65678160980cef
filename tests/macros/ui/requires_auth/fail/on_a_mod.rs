use auth_axum::requires_auth;

#[requires_auth(bearer)]
mod inner {}

fn main() {}
