use auth_core::Scheme;

#[derive(Scheme)]
#[scheme(heder = "X-Key", guesable)]
struct NebulaKey;

fn main() {}
