use auth_core::Principal;

#[derive(Principal)]
struct User {
    id: String,
}

fn main() {}
