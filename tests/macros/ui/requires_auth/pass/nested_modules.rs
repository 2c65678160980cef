//! Policies have the visibility of their functions, in modules inside of modules.
#![deny(warnings, unreachable_pub)]

mod outer {
    pub(crate) mod inner {
        use auth_axum::requires_auth;

        #[requires_auth(bearer)]
        pub(in crate::outer) async fn shallow() {}

        #[requires_auth(bearer)]
        pub(super) async fn above() {}

        #[requires_auth(bearer)]
        pub(crate) async fn everywhere() {}

        #[requires_auth(bearer)]
        pub(self) async fn here() {}

        pub(crate) fn routes() -> auth_axum::Router {
            auth_axum::Router::new().route("/here", auth_axum::get(here))
        }
    }

    pub(crate) fn policies() -> [&'static str; 3] {
        use auth_axum::EndpointPolicy as _;
        use inner::{AboveAuth, EverywhereAuth, ShallowAuth};

        [ShallowAuth::ENDPOINT.name, AboveAuth::ENDPOINT.name, EverywhereAuth::ENDPOINT.name]
    }

    pub(crate) fn routes() -> auth_axum::Router {
        auth_axum::Router::new()
            .route("/shallow", auth_axum::get(inner::shallow))
            .route("/above", auth_axum::get(inner::above))
            .route("/everywhere", auth_axum::get(inner::everywhere))
            .merge(inner::routes())
    }
}

fn main() {
    assert_eq!(outer::policies(), ["shallow", "above", "everywhere"]);
    let modules: Vec<_> = outer::routes().routes().iter().map(|route| route.endpoint().unwrap().module).collect();
    assert!(modules.iter().all(|module| module.ends_with("::outer::inner")), "{modules:?}");
}
