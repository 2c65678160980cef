use auth_axum::{Router, any};

async fn bare() {}

fn main() {
    let _app: Router = Router::new().route("/", any(bare));
}
