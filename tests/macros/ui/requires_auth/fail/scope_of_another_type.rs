use auth_axum::requires_auth;

const LEVEL: u8 = 7;

#[requires_auth(bearer, scope = LEVEL)]
async fn list() {}

fn main() {}
