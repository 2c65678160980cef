//! The adapter under another name.

extern crate auth_axum as door;

mod inner {
    pub use auth_axum as adapter;
}

use door::{EndpointPolicy, Principal, Scheme, auth_impl, get, public, requires_auth};

#[derive(Clone, Principal)]
#[principal(crate = door)]
struct User {
    #[principal(subject)]
    id: String,
}

#[derive(Scheme)]
#[scheme(query = "token", crate = crate::inner::adapter)]
struct LinkToken;

#[requires_auth(bearer, LinkToken, crate = door)]
async fn list(user: door::Auth<User>) -> String {
    user.id.clone()
}

#[public(reason = "open", crate = inner::adapter)]
async fn open() {}

struct Api;

#[auth_impl(crate = self::inner::adapter)]
impl Api {
    #[requires_auth(bearer)]
    async fn list() {}

    #[requires_auth(bearer, crate = door)]
    async fn show() {}
}

fn main() {
    let _routes: [door::MethodRouter; 4] = [get(list), get(open), get(Api::list), get(Api::show)];
    assert_eq!(ListAuth::ENDPOINT.policy.to_string(), "bearer, link_token");
}
