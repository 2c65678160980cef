use auth_axum::requires_auth;

#[requires_auth(bearer)]
struct AdminOnly<const N: usize>;

fn main() {}
