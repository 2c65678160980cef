use auth_axum::requires_auth;

#[requires_auth(bearer, scope = "items:read items:write")]
async fn list() {}

fn main() {}
