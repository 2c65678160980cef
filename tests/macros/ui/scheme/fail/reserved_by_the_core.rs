use auth_core::Scheme;

#[derive(Scheme)]
#[scheme(header = "X-Forwarded-For")]
struct Address;

fn main() {}
