use auth_axum::requires_auth;

#[requires_auth(bearer)]
async fn list() {}

#[requires_auth(bearer)]
async fn both() {
    list().await;
}

fn main() {}
