use auth_axum::auth_impl;

struct Api;

#[auth_impl]
impl Api {
    #[requires_auth = "bearer"]
    async fn list(&self) {}
}

fn main() {}
