use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(header = "X Key")]
struct Key;

fn main() {}
