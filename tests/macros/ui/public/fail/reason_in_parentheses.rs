use auth_axum::public;

#[public(reason("health check"))]
async fn health() {}

fn main() {}
