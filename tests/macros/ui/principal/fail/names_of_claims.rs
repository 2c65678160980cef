use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    subject: String,
    #[principal(exp)]
    id: Option<String>,
}

fn main() {}
