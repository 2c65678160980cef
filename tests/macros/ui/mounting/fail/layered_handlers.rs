use auth_axum::{Router, get};
use axum::Extension;

async fn bare() {}

fn main() {
    let _app: Router = Router::new().route("/", get(bare).layer(Extension(7_u8)));
}
