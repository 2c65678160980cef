use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
    #[principal()]
    name: String,
}

fn main() {}
