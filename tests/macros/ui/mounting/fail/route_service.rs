use auth_axum::Router;

async fn bare() {}

fn main() {
    let _app: Router = Router::new().route_service("/", axum::routing::get(bare));
}
