//! A comma may follow the last piece, and lines may be broken anywhere.
#![deny(warnings)]

use auth_axum::{EndpointPolicy, requires_auth};

#[requires_auth(
    bearer,
    scope(
        "a", //
        "b",
    ),
    any(
        role = "x",
        not(role = "y",),
    ),
    factor("otp", within = "10m",),
    hide,
)]
async fn list() {}

fn main() {
    let _list = list;
    assert_eq!(
        ListAuth::ENDPOINT.policy.to_string(),
        "bearer, all(all(scope = \"a\", scope = \"b\"), any(role = \"x\", not(role = \"y\")), factor(\"otp\", within = \"600s\")), hide"
    );
}
