use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject = "sub")]
    id: String,
}

fn main() {}
