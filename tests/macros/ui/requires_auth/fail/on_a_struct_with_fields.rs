use auth_axum::requires_auth;

#[requires_auth(bearer)]
struct AdminOnly {
    id: u32,
}

fn main() {}
