use auth_axum::requires_auth;

#[requires_auth(beaerer)]
async fn list() {}

fn main() {}
