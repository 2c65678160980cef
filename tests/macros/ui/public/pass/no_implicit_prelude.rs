//! A public function and struct in a module without a prelude.
#![no_implicit_prelude]
#![deny(warnings)]

use ::auth_axum::{EndpointPolicy, public};

#[public(reason = "health check", policy = Health)]
async fn health<const N: usize, T>(_: [T; N])
where
    T: ::core::marker::Send,
{
}

/// The files that everybody may see.
#[public(reason = "style sheets")]
struct Files;

fn main() {
    let _health = health::<2, ::core::primitive::u8>;
    let _files = Files;
    ::std::assert_eq!(<Health as EndpointPolicy>::ENDPOINT.policy.public, ::core::option::Option::Some("health check"));
    ::std::assert_eq!(<Files as EndpointPolicy>::ENDPOINT.name, "Files");
}
