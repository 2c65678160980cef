use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(bearer, prefix = "a b")]
struct Key;

fn main() {}
