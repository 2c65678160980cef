//! Constants among the generics, with expressions.
#![deny(warnings)]

use auth_axum::{MethodRouter, get, requires_auth};

const SIZE: usize = 2;

#[requires_auth(bearer)]
async fn page<const N: usize, const IS_LONG: bool>() -> String {
    format!("{N} {IS_LONG}")
}

#[requires_auth(bearer)]
async fn matrix<const N: usize>(rows: [[u8; N]; SIZE]) -> usize {
    rows.len() * N
}

fn main() {
    let _route: MethodRouter = get(page::<{ SIZE * 2 }, true>);
    let _matrix = |proof| matrix(proof, [[1; 3]; 2]);
}
