use auth_axum::public;

#[public(reason = health)]
async fn health() {}

fn main() {}
