use auth_axum::public;

#[public(optional)]
async fn health() {}

fn main() {}
