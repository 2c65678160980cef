use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(header = "X-Key", challenge = "bearer")]
struct Key;

fn main() {}
