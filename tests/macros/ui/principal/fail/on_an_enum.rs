use auth_core::Principal;

#[derive(Principal)]
enum User {
    Known,
}

fn main() {}
