//! Functions of a block under a condition.
#![deny(warnings)]

use auth_axum::{EndpointPolicy, auth_impl};

struct Api;

#[auth_impl]
impl Api {
    #[cfg(any())]
    #[requires_auth(bearer)]
    async fn list(missing: Missing) {}

    #[cfg(all())]
    #[requires_auth(basic)]
    async fn list() {}
}

fn main() {
    let _route: auth_axum::MethodRouter = auth_axum::get(Api::list);
    assert_eq!(ApiListAuth::ENDPOINT.policy.to_string(), "basic");
}
