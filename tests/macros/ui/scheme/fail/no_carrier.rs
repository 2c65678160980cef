use auth_core::Scheme;

#[derive(Scheme)]
struct NebulaKey;

fn main() {}
