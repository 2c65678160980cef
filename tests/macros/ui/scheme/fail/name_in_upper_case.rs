use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(bearer, name = "Key")]
struct Key;

fn main() {}
