use auth_core::Scheme;

#[derive(Scheme)]
#[scheme(header = "Authorization")]
struct NebulaKey;

fn main() {}
