use auth_core::Principal;

#[derive(Principal)]
struct User {
    #[principal(subject)]
    id: String,
    #[principal(subject)]
    name: String,
}

fn main() {}
