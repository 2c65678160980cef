use auth_axum::public;

#[public(reason = "a")]
#[public(reason = "b")]
async fn health() {}

fn main() {}
