//! The right order. There is no middleware, so nobody gets in.
#![deny(warnings)]
#![expect(clippy::unused_async, reason = "a handler is asynchronous, whether or not it waits")]

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

#[tokio::test]
async fn the_right_order_guards() {
    let app = Route::new().at("/rooms/:id", get(room)).at("/health", get(health));
    for (path, status) in [("/rooms/7", 500), ("/health", 200)] {
        assert_eq!(app.get_response(Request::builder().uri_str(path).finish()).await.status(), status, "{path}");
    }
}
