use auth_axum::public;

#[public = "health check"]
async fn health() {}

fn main() {}
