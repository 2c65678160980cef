use auth_axum::requires_auth;

#[derive(auth_axum::Scheme)]
#[scheme(header = "X-Key")]
struct Key;

#[requires_auth(Key, basic, Key)]
async fn list() {}

fn main() {}
