use auth_axum::requires_auth;

#[requires_auth(bearer)]
const LIMIT: u8 = 1;

fn main() {}
