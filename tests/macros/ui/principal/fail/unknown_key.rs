use auth_core::Principal;

#[derive(Principal)]
struct User {
    #[principal(subjet)]
    id: String,
    #[principal(email)]
    mail: String,
}

fn main() {}
