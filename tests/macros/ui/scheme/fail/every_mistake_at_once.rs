use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(bearer, hedaer = "X-Key", prefix = "", name = "A")]
struct Key;

fn main() {}
