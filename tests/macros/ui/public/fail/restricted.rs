use auth_axum::public;

#[public(reason = "health check", scope = "a")]
async fn health() {}

fn main() {}
