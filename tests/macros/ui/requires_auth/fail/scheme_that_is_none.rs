use auth_axum::requires_auth;

struct NebulaKey;

#[requires_auth(bearer, NebulaKey)]
async fn list() {}

fn main() {}
