//! A closure passes if its first parameter is the proof.
#![deny(warnings)]

use auth_axum::{Require, Router, get, requires_auth};
use axum::extract::{Path, State};

#[requires_auth(bearer, scope = "items:read")]
struct Readers;

fn main() {
    let app: Router<u8> = Router::new()
        .route("/", get(|_: Require<Readers>| async { "all" }))
        .route("/{id}", get(|_: Require<Readers>, State(_): State<u8>, Path(id): Path<String>| async { id }))
        .fallback(async |_: Require<Readers>| "nothing");
    assert!(app.routes().iter().all(|route| route.endpoint().unwrap().name == "Readers"));
}
