use auth_axum::Principal;

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    subject: String,
    #[principal(claim = )]
    email: String,
}

fn user(facts: &auth_axum::Facts, claims: &auth_axum::Claims) -> Option<User> {
    User::from_claims(facts, claims).ok()
}

fn main() {
    let _user = user;
}
