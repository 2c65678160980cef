//! The keys may stand in several attributes, beside other derives.
#![deny(warnings)]

use auth_axum::{Carrier, ChallengeForm, Scheme};

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Scheme)]
#[scheme(bearer)]
#[non_exhaustive]
#[scheme(prefix = "ak_")]
#[scheme(challenge = api_key, crate = ::auth_axum)]
pub struct Key;

fn main() {
    assert_eq!(Key.carrier(), Carrier::bearer().with_prefix("ak_"));
    assert!(matches!(Key::CHALLENGE, ChallengeForm::ApiKey));
}
