use auth_axum::{Router, get};

fn main() {
    let _app: Router = Router::new().route("/", get(|| async { "open" }));
}
