use auth_axum::{Router, on};
use axum::routing::MethodFilter;

async fn bare() {}

fn main() {
    let _app: Router = Router::new().route("/", on(MethodFilter::GET, bare));
}
