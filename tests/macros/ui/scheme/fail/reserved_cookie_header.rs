use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(header = "Cookie")]
struct Key;

fn main() {}
