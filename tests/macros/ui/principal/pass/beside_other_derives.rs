//! Other derives and their attributes on the same struct.
#![deny(warnings)]

use auth_axum::{Claims, Facts, Principal};

/// A user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Principal, Hash)]
#[non_exhaustive]
pub struct User {
    /// Who it is.
    #[principal(subject)]
    #[doc(alias = "sub")]
    pub id: String,
    #[cfg(all())]
    #[principal(roles)]
    roles: Vec<String>,
    #[cfg(any())]
    missing: Missing,
}

fn main() {
    let user = User::from_claims(&Facts::new("alice").with_roles(["a"]), &Claims::new()).unwrap();
    assert_eq!(user, User { id: "alice".into(), roles: vec!["a".into()] });
}
