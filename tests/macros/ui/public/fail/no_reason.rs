use auth_axum::public;

#[public]
async fn health() {}

fn main() {}
