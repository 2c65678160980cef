//! A check that is generic takes the principal that the handler shows; one that is not, decides without.
#![deny(warnings)]

use auth_axum::{Auth, Facts, MethodRouter, Principal, get, requires_auth};

#[derive(Clone, Debug, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

fn is_known<P: std::fmt::Debug>(principal: &P, facts: &Facts) -> bool {
    !format!("{principal:?}").is_empty() && !facts.subject.is_empty()
}

fn is_alice(user: &User, _: &Facts) -> bool {
    user.id == "alice"
}

#[requires_auth(bearer, check = is_known, not(check = is_alice))]
async fn shown(_user: Auth<User>) {}

#[requires_auth(bearer, check = is_known::<User>, check = is_alice)]
async fn hidden() {}

fn main() {
    let _routes: [MethodRouter; 2] = [get(shown), get(hidden)];
}
