use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme = "bearer"]
struct Key;

fn main() {}
