//! `impl Trait` as a parameter and as a result.
#![deny(warnings)]

use std::future::Future;

use auth_axum::{MethodRouter, get, requires_auth};
use axum::response::IntoResponse;

#[requires_auth(bearer)]
async fn list() -> impl IntoResponse {
    ("x-count", "1").0
}

#[requires_auth(bearer)]
async fn count(items: impl IntoIterator<Item = u8>, label: &(impl ToString + ?Sized)) -> usize {
    items.into_iter().count() + label.to_string().len()
}

/// Not async, but it gives a future.
#[requires_auth(bearer)]
fn later() -> impl Future<Output = &'static str> + Send {
    std::future::ready("later")
}

fn main() {
    let _routes: [MethodRouter; 2] = [get(list), get(later)];
    let _count = |proof| count(proof, [1, 2], "x");
}
