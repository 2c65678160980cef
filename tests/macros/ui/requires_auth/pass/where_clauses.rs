//! Bounds and where-clauses, those of higher rank too.
#![deny(warnings)]

use auth_axum::{MethodRouter, get, requires_auth};
use axum::extract::{FromRef, State};

#[derive(Clone)]
struct Store<T>(T);

impl FromRef<Store<u8>> for u8 {
    fn from_ref(store: &Store<u8>) -> u8 {
        store.0
    }
}

#[requires_auth(bearer, scope = "items:read")]
async fn list<T, S>(State(store): State<S>) -> String
where
    S: Clone + Send + Sync + 'static,
    T: FromRef<S> + ToString,
    for<'a> &'a S: Sized,
{
    T::from_ref(&store).to_string()
}

#[requires_auth(bearer)]
async fn apply<F>(call: F) -> usize
where
    F: for<'a> Fn(&'a str) -> &'a str,
{
    call("x").len()
}

fn main() {
    let _route: MethodRouter<Store<u8>> = get(list::<u8, Store<u8>>);
    let _apply = |proof| apply(proof, |text: &str| text);
}
