use auth_axum::requires_auth;

#[requires_auth(bearer)]
async extern "C" fn list() {}

fn main() {}
