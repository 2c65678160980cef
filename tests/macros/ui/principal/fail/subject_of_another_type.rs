use auth_core::Principal;

#[derive(Principal)]
struct User {
    #[principal(subject)]
    id: u64,
}

fn main() {}
