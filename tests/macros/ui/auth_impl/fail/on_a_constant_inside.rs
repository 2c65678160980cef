use auth_axum::{auth_impl, requires_auth};

struct Api;

#[auth_impl]
impl Api {
    #[requires_auth(bearer)]
    const LIMIT: u8 = 1;

    #[requires_auth(bearer)]
    async fn list(&self) {}
}

fn main() {}
