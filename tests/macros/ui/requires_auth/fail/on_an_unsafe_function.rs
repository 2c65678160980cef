use auth_axum::requires_auth;

#[requires_auth(bearer)]
async unsafe fn list() {}

fn main() {}
