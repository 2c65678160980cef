use auth_axum::{MethodRouter, Router};

async fn bare() {}

fn main() {
    let _app: Router = Router::new().route("/", MethodRouter::new().get_service(axum::routing::get(bare)));
}
