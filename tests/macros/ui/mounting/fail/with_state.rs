use auth_axum::{Router, get};
use axum::handler::Handler as _;

async fn bare() {}

fn main() {
    let _app: Router = Router::new().route("/", get(bare.with_state(())));
}
