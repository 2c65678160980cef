//! A handler, and its policy, inside of a function.
#![deny(warnings)]

use auth_axum::{EndpointPolicy as _, MethodRouter, get, requires_auth};

fn route() -> MethodRouter {
    #[requires_auth(bearer)]
    async fn list() -> &'static str {
        #[requires_auth(basic)]
        async fn deeper() {}
        let _deeper: MethodRouter = get(deeper);
        "listed"
    }
    assert_eq!(ListAuth::ENDPOINT.name, "list");
    get(list)
}

fn main() {
    let _route = route();
}
