use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(bearer = "Bearer")]
struct Key;

fn main() {}
