use auth_axum::requires_auth;

#[derive(auth_axum::Scheme)]
#[scheme(header = "X-Nebula-Key")]
struct NebulaKey;

#[requires_auth(nebula_key)]
async fn list() {}

fn main() {}
