//! A principal with generics, a constant and a where-clause.
#![deny(warnings)]

use std::marker::PhantomData;

use auth_axum::{Claims, Facts, Principal};

#[derive(Clone, Debug, Principal)]
struct User<T, const N: usize>
where
    T: Send + Sync + 'static,
{
    #[principal(subject)]
    id: String,
    #[principal(default)]
    kind: Kind<T, N>,
}

#[derive(Clone, Debug)]
struct Kind<T, const N: usize>(PhantomData<T>);

impl<T, const N: usize> Default for Kind<T, N> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, const N: usize> auth_core::claims::FromClaim for Kind<T, N> {
    const EXPECTED: &'static str = "a kind";

    fn from_claim(_: &auth_core::claims::ClaimValue) -> Option<Self> {
        None
    }
}

fn main() {
    let user = User::<u8, 3>::from_claims(&Facts::new("alice"), &Claims::new()).unwrap();
    assert_eq!(user.id, "alice");
    let _kind = user.kind;
}
