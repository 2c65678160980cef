use auth_axum::auth_impl;

struct Api;

trait List {
    async fn list(&self);
}

#[auth_impl]
impl List for Api {
    #[requires_auth(bearer)]
    async fn list(&self) {}
}

fn main() {}
