//! A reason that a declarative macro passes on.
#![deny(warnings)]

use auth_axum::{EndpointPolicy, public};

macro_rules! open {
    ($name:ident $policy:ident $reason:literal) => {
        #[public(reason = $reason, policy = $policy)]
        async fn $name() {}
    };
}

open!(ping Ping "ping");

fn main() {
    let _route: auth_axum::MethodRouter = auth_axum::get(ping);
    assert_eq!(Ping::ENDPOINT.policy.public, Some("ping"));
}
