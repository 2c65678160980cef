use auth_axum::public;

#[public(reason = "health check", bearer)]
async fn health() {}

fn main() {}
