use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    subject: String,
    #[principal(parse, parse)]
    floor: u8,
}

fn main() {}
