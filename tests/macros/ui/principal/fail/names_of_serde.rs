use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    subject: String,
    #[principal(rename = "mail")]
    email: String,
}

fn main() {}
