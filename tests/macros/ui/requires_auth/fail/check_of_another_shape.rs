use auth_axum::{Auth, Principal, requires_auth};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

fn is_known(user: &User) -> bool {
    !user.id.is_empty()
}

#[requires_auth(bearer, check = is_known)]
async fn list(_user: Auth<User>) {}

fn main() {}
