//! A principal in a module without a prelude.
#![no_implicit_prelude]
#![deny(warnings)]

use ::auth_axum::{Claims, Facts, Principal};
use ::std::option::Option::{self, Some};
use ::std::string::String;
use ::std::vec::Vec;

#[derive(Principal)]
struct User {
    #[principal(subject, parse)]
    id: ::core::primitive::u64,
    #[principal(scopes)]
    scopes: Vec<String>,
    #[principal(claim = "https://example.com/org", default)]
    organisation: String,
    #[principal(parse)]
    address: Option<::std::net::IpAddr>,
    r#type: Option<String>,
}

fn main() {
    let claims = Claims::new().with("type", "staff").with("address", "127.0.0.1");
    let user = match User::from_claims(&Facts::new("7").with_scopes(["a"]), &claims) {
        ::core::result::Result::Ok(user) => user,
        ::core::result::Result::Err(error) => ::std::panic!("{error}"),
    };
    ::std::assert_eq!((user.id, user.scopes.len(), user.organisation.as_str()), (7, 1, ""));
    ::std::assert!(user.address.is_some());
    ::std::assert_eq!(user.r#type.as_deref(), Some("staff"));
}
