use auth_core::Scheme;

#[derive(Scheme)]
#[scheme(header = "X-Key", credential = String)]
struct NebulaKey;

fn main() {}
