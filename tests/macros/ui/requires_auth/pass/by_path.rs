//! Nothing is imported; everything is named by its path.
#![deny(warnings)]

#[auth_axum::requires_auth(bearer)]
async fn list(user: ::auth_axum::Auth<String>) -> String {
    user.to_uppercase()
}

#[::auth_axum::public(reason = "health check")]
async fn health() {}

fn main() {
    let _app: auth_axum::Router =
        auth_axum::Router::new().route("/", auth_axum::get(list)).route("/health", auth_axum::get(health));
    let principal = <ListAuth as auth_axum::EndpointPolicy>::ENDPOINT.principal.unwrap();
    assert_eq!(principal.name(), "alloc::string::String");
}
