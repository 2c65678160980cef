//! A policy is there only where its handler is.

use auth_axum::{Auth, EndpointPolicy, Principal, get, requires_auth};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

#[requires_auth(bearer)]
#[cfg(any())]
async fn show(missing: Missing) -> Missing {}

#[cfg(any())]
#[requires_auth(basic)]
async fn show(missing: Missing) -> Missing {}

#[requires_auth(bearer, role = "admin")]
#[cfg(all())]
async fn show(user: Auth<User>) -> String {
    user.id.clone()
}

fn main() {
    let _route: auth_axum::MethodRouter = get(show);
    assert_eq!(ShowAuth::ENDPOINT.policy.to_string(), "bearer, role = \"admin\"");
    let names: Vec<_> = auth_axum::catalogue().endpoints().map(|endpoint| endpoint.name).collect();
    assert_eq!(names, ["show"]);
}
