use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    subject: String,
    #[principal(issuer, default)]
    issuer: Option<String>,
}

fn main() {}
