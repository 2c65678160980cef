//! The mistake is the only error: the handler still has its guard, and its policy a name.

use auth_axum::{EndpointPolicy, Router, get, requires_auth};

#[requires_auth(baerer, scope = "items:read")]
async fn list() {}

fn main() {
    let _app: Router = Router::new().route("/", get(list));
    let _endpoint = ListAuth::ENDPOINT;
}
