use auth_axum::Scheme;

#[derive(Clone, Scheme)]
#[scheme(header = "X-Key", with_insecure_cookie_name)]
struct Key;

fn main() {}
