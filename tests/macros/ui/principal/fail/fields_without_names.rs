use auth_core::Principal;

#[derive(Principal)]
struct User(String);

fn main() {}
