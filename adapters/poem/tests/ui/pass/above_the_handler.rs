//! The right order. There is no middleware, so nobody gets in.
#![deny(warnings)]

use auth_poem::{public, requires_auth};
use poem::web::Path;
use poem::{Endpoint as _, Request, Route, get, handler};

#[requires_auth(bearer)]
#[handler]
async fn room(Path(id): Path<u32>) -> String {
    id.to_string()
}

#[public(reason = "health check")]
#[handler]
fn health() -> &'static str {
    "ok"
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = Route::new().at("/rooms/:id", get(room)).at("/health", get(health));
    for (path, status) in [("/rooms/7", 500), ("/health", 200)] {
        assert_eq!(app.get_response(Request::builder().uri_str(path).finish()).await.status(), status, "{path}");
    }
}
