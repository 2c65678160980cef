use auth_core::Principal;

#[derive(Principal)]
struct User {
    #[principal(subject, claim = "uid")]
    id: String,
}

fn main() {}
