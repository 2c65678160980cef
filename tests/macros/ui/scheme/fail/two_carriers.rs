use auth_core::Scheme;

#[derive(Scheme)]
#[scheme(bearer, header = "X-Key")]
struct NebulaKey;

fn main() {}
