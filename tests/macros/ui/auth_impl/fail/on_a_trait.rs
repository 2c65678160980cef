use auth_axum::{auth_impl, requires_auth};

#[auth_impl]
trait Api {
    #[requires_auth(bearer)]
    async fn list(&self) {}
}

fn main() {}
