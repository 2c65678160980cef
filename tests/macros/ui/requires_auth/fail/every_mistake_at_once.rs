use auth_axum::requires_auth;

#[requires_auth(beaerer, basic, basic, scop = "a", role = "", any(), optinal)]
async fn list() {}

fn main() {}
