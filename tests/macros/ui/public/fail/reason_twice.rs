use auth_axum::public;

#[public(reason = "a", reason = "b")]
async fn health() {}

fn main() {}
