use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal = "subject"]
    id: String,
}

fn main() {}
