use auth_axum::requires_auth;

struct Api;

#[requires_auth(bearer)]
impl Api {}

fn main() {}
