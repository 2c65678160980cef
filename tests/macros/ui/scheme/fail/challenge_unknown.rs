use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(header = "X-Key", challenge = digest)]
struct Key;

fn main() {}
