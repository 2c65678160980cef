use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(header = "X-Key", credential = "OpaqueToken")]
struct Key;

fn main() {}
