//! A policy without a function, for layers.

use auth_axum::{EndpointPolicy, RequireLayer, catalogue, public, requires_auth};

#[requires_auth(any_scheme, role = "admin", hide)]
#[derive(Clone, Copy)]
struct AdminOnly;

/// May be seen from outside.
#[public(reason = "pictures for the sign-in page")]
pub struct Pictures;

fn main() {
    let _layer = RequireLayer::<AdminOnly>::default();
    assert_eq!(AdminOnly::ENDPOINT.policy.to_string(), "any_scheme, role = \"admin\", hide");
    assert_eq!(Pictures::ENDPOINT.policy.public, Some("pictures for the sign-in page"));
    assert_eq!(catalogue().endpoints().map(|endpoint| endpoint.line).collect::<Vec<_>>(), [7, 11]);
}
