use auth_axum::auth_impl;

struct Api;

#[auth_impl]
impl Api {
    #[requires_auth]
    async fn list() {}

    #[public]
    async fn health() {}
}

fn main() {}
