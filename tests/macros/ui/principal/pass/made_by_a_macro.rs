//! A principal that a declarative macro writes.
#![deny(warnings)]

use auth_axum::{Claims, Facts, Principal};

macro_rules! principal {
    ($name:ident { $($claim:literal $field:ident: $ty:ty),* }) => {
        #[derive(Clone, Principal)]
        struct $name {
            #[principal(subject)]
            id: String,
            $(#[principal(claim = $claim)] $field: $ty,)*
        }
    };
}

principal!(User { "mail" email: Option<String>, "lvl" level: i32 });

fn main() {
    let user = User::from_claims(&Facts::new("alice"), &Claims::new().with("lvl", 7)).unwrap();
    assert_eq!((user.id.as_str(), user.email, user.level), ("alice", None, 7));
}
