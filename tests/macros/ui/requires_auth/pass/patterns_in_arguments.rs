//! Parameters are patterns, as they are written.
#![deny(warnings)]

use auth_axum::{Auth, MethodRouter, Principal, get, requires_auth};
use axum::Json;
use axum::extract::{Path, State};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

struct Point {
    x: u8,
    y: u8,
}

#[requires_auth(bearer)]
async fn list(
    user: Auth<User>,
    Path((id, mut name)): Path<(u8, String)>,
    State(_): State<u8>,
    _: axum::http::Uri,
    whole @ Json([first, ..]): Json<[u8; 3]>,
) -> String {
    name.push_str(&user.id);
    format!("{id} {name} {first} {}", whole.0.len())
}

#[requires_auth(bearer, crate = ::auth_axum)]
async fn sum(Point { x, y: other }: Point, (a, b): (u8, u8), [.., last]: [u8; 2]) -> u8 {
    x + other + a + b + last
}

fn main() {
    let _route: MethodRouter<u8> = get(list);
    let _sum = |proof| sum(proof, Point { x: 1, y: 2 }, (3, 4), [5, 6]);
}
