use auth_axum::requires_auth;

#[requires_auth(bearer)]
pub use std::fmt;

fn main() {}
