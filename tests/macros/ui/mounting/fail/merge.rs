use auth_axum::Router;

fn main() {
    let _app: Router = Router::new().merge(axum::Router::new());
}
