//! The right order on the block; on a function of it both are right. There is no middleware, so nobody gets in.
#![deny(warnings)]
#![expect(clippy::unused_async, reason = "poem-openapi wants `async fn`")]

use auth_poem::openapi::auth_impl;
use poem::{Endpoint as _, Request, Route};
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService};

struct Rooms;

#[auth_impl]
#[OpenApi]
impl Rooms {
    #[requires_auth(bearer)]
    #[oai(path = "/above", method = "get")]
    async fn above(&self) -> PlainText<&'static str> {
        PlainText("rooms")
    }

    #[oai(path = "/below", method = "get")]
    #[requires_auth(bearer)]
    async fn below(&self) -> PlainText<&'static str> {
        PlainText("rooms")
    }
}

#[tokio::test]
async fn the_right_order_guards() {
    let app = Route::new().nest("/", OpenApiService::new(Rooms, "rooms", "1"));
    for path in ["/above", "/below"] {
        assert_eq!(app.get_response(Request::builder().uri_str(path).finish()).await.status(), 500, "{path}");
    }
}
