use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principle(subject)]
    id: String,
}

fn main() {}
