use auth_core::Scheme;

#[derive(Scheme)]
#[scheme(bearer)]
enum NebulaKey {
    One,
}

fn main() {}
