//! The attribute itself under a condition.
#![deny(warnings)]

use auth_axum::{EndpointPolicy, get, requires_auth};

#[cfg_attr(all(), requires_auth(bearer))]
#[cfg_attr(any(), requires_auth(basic))]
async fn list() {}

fn main() {
    let _route: auth_axum::MethodRouter = get(list);
    assert_eq!(ListAuth::ENDPOINT.policy.to_string(), "bearer");
}
