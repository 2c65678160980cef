use auth_axum::{Router, get};

async fn bare() {}

fn main() {
    let _app: Router = Router::new().route("/", get(bare));
}
