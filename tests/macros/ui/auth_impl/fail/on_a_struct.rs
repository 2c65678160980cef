use auth_axum::auth_impl;

#[auth_impl]
struct Api;

fn main() {}
