//! Guests, and the ways to ask for the principal.

use auth_axum::{Auth, Principal, get, requires_auth};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

#[requires_auth(bearer, basic, optional, realm = "shop")]
async fn greet(user: Option<auth_axum::Auth<User>>) -> String {
    user.map_or_else(|| "guest".to_owned(), |user| user.id.clone())
}

/// An alias hides the principal from the macro; the guard is there all the same.
type Caller = Auth<User>;

#[requires_auth(bearer)]
async fn show(user: Caller) -> String {
    user.id.clone()
}

macro_rules! handler {
    ($name:ident, $principal:ty) => {
        #[requires_auth(bearer)]
        async fn $name(user: $principal) -> String {
            user.id.clone()
        }
    };
}

handler!(by_macro, Auth<User>);

fn main() {
    let _routes: [auth_axum::MethodRouter; 3] = [get(greet), get(show), get(by_macro)];
    let endpoints: Vec<_> =
        auth_axum::catalogue().endpoints().map(|endpoint| (endpoint.name, endpoint.principal.is_some())).collect();
    assert_eq!(endpoints, [("greet", true), ("show", false), ("by_macro", true)]);
}
