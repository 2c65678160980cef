use auth_axum::Router;
use axum::routing::get;

async fn bare() {}

fn main() {
    let _app: Router = Router::new().route("/", get(bare));
}
