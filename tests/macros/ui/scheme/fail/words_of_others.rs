use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(token, realm = "main")]
struct Key;

fn main() {}
