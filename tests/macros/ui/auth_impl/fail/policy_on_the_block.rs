use auth_axum::auth_impl;

struct Api;

#[auth_impl(bearer)]
impl Api {
    #[requires_auth(bearer)]
    async fn list() {}
}

fn main() {}
