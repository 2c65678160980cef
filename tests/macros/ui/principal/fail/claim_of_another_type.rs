use auth_core::Principal;

struct Url;

#[derive(Principal)]
struct User {
    #[principal(subject)]
    id: String,
    home: Url,
}

fn main() {}
