use auth_core::Scheme;

#[derive(Scheme)]
#[scheme(header)]
struct NebulaKey;

fn main() {}
