use auth_axum::requires_auth;

struct Api;

impl Api {
    #[requires_auth(bearer)]
    async fn list(&self) {}
}

fn main() {}
