use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(authorization = "Bearer")]
struct Key;

fn main() {}
