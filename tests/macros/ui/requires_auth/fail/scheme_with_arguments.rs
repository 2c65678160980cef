use auth_axum::requires_auth;

#[requires_auth(api_key(header = "X-API-TOKEN"))]
async fn list() {}

fn main() {}
