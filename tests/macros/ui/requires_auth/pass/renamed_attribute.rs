//! The attribute under another name.
#![deny(warnings)]

use auth_axum::requires_auth as guard;

#[guard(bearer)]
async fn list() {}

fn main() {
    let _route: auth_axum::MethodRouter = auth_axum::get(list);
}
