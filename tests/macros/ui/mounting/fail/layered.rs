use auth_axum::{Router, get};
use axum::Extension;
use axum::handler::Handler as _;

async fn bare() {}

fn main() {
    let _app: Router = Router::new().route("/", get(bare.layer(Extension(7_u8))));
}
