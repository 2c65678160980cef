use auth_axum::auth_impl;

#[auth_impl]
async fn list() {}

fn main() {}
