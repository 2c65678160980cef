//! Handlers that nobody else sees, and handlers inside of functions.
#![deny(dead_code, unused, private_interfaces, unreachable_pub)]

use auth_axum::{EndpointPolicy, Router, catalogue, get, requires_auth};

mod inner {
    use super::{Router, get, requires_auth};

    #[requires_auth(bearer)]
    async fn private() {}

    #[requires_auth(bearer)]
    pub(super) async fn shared() {}

    #[requires_auth(bearer)]
    pub(in crate::inner) async fn placed() {}

    pub(crate) fn routes() -> Router {
        Router::new().route("/private", get(private)).route("/placed", get(placed))
    }
}

fn routes<T: Default + ToString>() -> Router {
    /// Inside of a generic function.
    #[requires_auth(basic)]
    async fn nested() -> &'static str {
        "nested"
    }

    let text = T::default().to_string();
    Router::new().route("/nested", get(nested)).route(&format!("/{text}"), get(inner::shared))
}

fn main() {
    let _app = inner::routes().merge(routes::<u8>());
    assert!(inner::SharedAuth::ENDPOINT.module.ends_with("::inner"));
    let mut names: Vec<_> = catalogue().endpoints().map(|endpoint| endpoint.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["nested", "placed", "private", "shared"]);
}
