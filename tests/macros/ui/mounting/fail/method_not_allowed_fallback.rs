use auth_axum::Router;

async fn bare() {}

fn main() {
    let _app: Router = Router::new().method_not_allowed_fallback(bare);
}
