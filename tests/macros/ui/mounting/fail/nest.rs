use auth_axum::Router;

fn main() {
    let _app: Router = Router::new().nest("/api", axum::Router::new());
}
