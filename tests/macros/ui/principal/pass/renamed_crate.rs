//! The adapter under another name.
#![deny(warnings)]

mod door {
    pub use auth_axum::*;
}

use door::{Claims, Facts, Principal};

#[derive(Clone, Principal)]
#[principal(crate = door)]
struct User {
    #[principal(subject)]
    id: String,
}

fn main() {
    assert_eq!(User::from_claims(&Facts::new("alice"), &Claims::new()).unwrap().id, "alice");
}
