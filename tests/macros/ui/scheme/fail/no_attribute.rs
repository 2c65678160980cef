use auth_axum::Scheme;

#[derive(Clone, Scheme)]

struct Key;

fn main() {}
