use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    subject: String,
    #[principal(crate = auth_axum)]
    id: String,
}

fn main() {}
