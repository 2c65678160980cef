use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(bearer, prefix = "a_", prefix = "b_")]
struct Key;

fn main() {}
