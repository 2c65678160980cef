use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal(subjct)]
    id: String,
    #[principal(claim)]
    email: String,
    #[principal(issuer, roles)]
    issuer: Option<String>,
}

fn main() {}
