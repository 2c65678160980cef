use auth_axum::{requires_auth, requires_auth as protect};

#[requires_auth(basic)]
#[protect(bearer)]
async fn list() {}

fn main() {}
