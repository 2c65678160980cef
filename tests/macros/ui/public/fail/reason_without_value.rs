use auth_axum::public;

#[public(reason)]
async fn health() {}

fn main() {}
