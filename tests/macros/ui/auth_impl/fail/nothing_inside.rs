use auth_axum::auth_impl;

struct Api;

#[auth_impl]
impl Api {
    async fn list() {}
}

fn main() {}
