use auth_axum::auth_impl;

struct Api;

#[auth_impl]
impl Api {
    #[requires_auth(bearer)]
    #[public(reason = "open")]
    async fn list() {}
}

fn main() {}
