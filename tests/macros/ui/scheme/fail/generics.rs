use auth_core::Scheme;

#[derive(Scheme)]
#[scheme(bearer)]
struct NebulaKey<T>(T);

fn main() {}
