use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(header = X_KEY)]
struct Key;

fn main() {}
