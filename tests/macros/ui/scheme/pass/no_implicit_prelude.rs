//! Schemes in a module without a prelude.
#![no_implicit_prelude]
#![deny(warnings)]

use ::auth_axum::{Carrier, Scheme, SchemeId};

#[derive(Scheme)]
#[scheme(header = "X-Key", prefix = "k_", name = "door_key", challenge = "Door", guessable)]
struct Key;

#[derive(Scheme)]
#[scheme(cookie = "__Host-session")]
struct r#Type;

fn main() {
    ::std::assert_eq!(SchemeId::of::<Key>().name(), "door_key");
    ::std::assert_eq!(SchemeId::of::<r#Type>().name(), "type");
    ::std::assert_eq!(Key.carrier(), Carrier::header("X-Key").with_prefix("k_"));
    let _session = r#Type;
}
