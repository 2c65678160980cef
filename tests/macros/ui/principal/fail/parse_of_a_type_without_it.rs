use auth_axum::Principal;

#[derive(Clone)]
struct Url;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    subject: String,
    #[principal(parse)]
    home: Url,
}

fn main() {}
