use auth_axum::Principal;

#[derive(Clone, Principal)]
#[principal(subject)]
struct User {
    id: String,
}

fn main() {}
