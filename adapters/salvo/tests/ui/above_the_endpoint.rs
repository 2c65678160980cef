//! The right order. There is no hoop, so nobody gets in.
#![deny(warnings)]

use auth_salvo::requires_auth;
use salvo::oapi::endpoint;
use salvo::prelude::*;
use salvo::test::TestClient;

#[requires_auth(bearer)]
#[endpoint]
async fn rooms() -> &'static str {
    "rooms"
}

#[tokio::test]
async fn the_right_order_guards() {
    let service = Service::new(Router::with_path("rooms").get(rooms));
    let answer = TestClient::get("http://localhost/rooms").send(&service).await;
    assert_eq!(answer.status_code.map(|status| status.as_u16()), Some(500));
}
