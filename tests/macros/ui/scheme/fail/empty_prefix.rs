use auth_core::Scheme;

#[derive(Scheme)]
#[scheme(bearer, prefix = "")]
struct NebulaKey;

fn main() {}
