use auth_axum::Router;

fn main() {
    let _app: Router = Router::new().merge_unchecked(axum::Router::new());
}
