//! Names of the user's that are those of the expansion mean what the user says.
#![deny(warnings)]
#![allow(dead_code, non_camel_case_types, non_upper_case_globals, reason = "they are only in the way")]

use auth_axum::{Auth, MethodRouter, Principal, get, requires_auth};

mod core {}
mod std {}
mod auth_core {}
struct Require;
struct Policy;
struct Scheme;
struct Requirement;
struct Endpoint;
struct Option;
struct Some;
struct None;
struct Result;
struct Ok;
struct Err;
struct Into;
struct Clone;
type str = u8;
type u32 = i8;
type bool = i8;
const Bearer: &::core::primitive::str = "bearer";

#[derive(Principal)]
struct User {
    #[principal(subject)]
    id: String,
    #[principal(default, parse)]
    floor: u8,
}

fn is_known(user: &User, _: &auth_axum::Facts) -> ::core::primitive::bool {
    !user.id.is_empty() && user.floor == 0
}

#[requires_auth(bearer, basic, scope = Bearer, factor("otp", within = "1h"), check = is_known)]
async fn list(user: Auth<User>, __auth_facts: axum::http::Uri, __auth_principal: axum::http::Method) -> String {
    format!("{} {__auth_facts} {__auth_principal}", user.id)
}

fn main() {
    let _route: MethodRouter = get(list);
}
