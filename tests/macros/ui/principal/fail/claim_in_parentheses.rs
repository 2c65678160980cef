use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    subject: String,
    #[principal(claim("email"))]
    email: String,
}

fn main() {}
