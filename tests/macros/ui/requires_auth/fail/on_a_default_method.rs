use auth_axum::requires_auth;

trait Api {
    #[requires_auth(bearer)]
    async fn list(&self) {}
}

fn main() {}
