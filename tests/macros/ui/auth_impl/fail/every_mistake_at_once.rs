use auth_axum::auth_impl;

struct Api;

#[auth_impl(bearer)]
impl Api {
    #[requires_auth(baerer)]
    async fn list(&self) {}

    #[public(reason = "")]
    async fn health() {}
}

fn main() {}
