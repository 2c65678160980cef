use auth_axum::requires_auth;

#[requires_auth(bearer)]
const fn list() {}

fn main() {}
