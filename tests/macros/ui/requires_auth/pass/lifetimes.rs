//! Lifetimes, named, elided and static.
#![deny(warnings, elided_lifetimes_in_paths)]

use std::borrow::Cow;

use auth_axum::requires_auth;

#[requires_auth(bearer)]
async fn longest<'a, 'b: 'a>(one: &'a str, other: &'b str) -> &'a str {
    if one.len() > other.len() { one } else { other }
}

#[requires_auth(bearer)]
async fn elided(text: &str) -> Cow<'_, str> {
    text.into()
}

#[requires_auth(bearer)]
async fn forever(text: &'static str) -> &'static str {
    text
}

fn main() {
    let _longest = |proof| longest(proof, "a", "b");
    let _elided = |proof| elided(proof, "a");
    let _forever = |proof| forever(proof, "a");
}
