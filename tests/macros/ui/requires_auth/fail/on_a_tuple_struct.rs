use auth_axum::requires_auth;

#[requires_auth(bearer)]
struct AdminOnly(u8);

fn main() {}
