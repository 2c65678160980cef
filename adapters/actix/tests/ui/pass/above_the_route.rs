//! Each order is right with actix-web. There is no middleware, so nobody gets in.
#![deny(warnings)]

use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Path;
use actix_web::{App, get, route, routes};
use auth_actix::requires_auth;

#[requires_auth(bearer)]
#[get("/rooms/{id}")]
async fn room(id: Path<u32>) -> String {
    id.to_string()
}

#[requires_auth(bearer)]
#[route("/rooms", method = "GET", method = "POST")]
async fn rooms() -> &'static str {
    "rooms"
}

#[requires_auth(bearer)]
#[routes]
#[get("/halls")]
#[get("/chambers")]
async fn halls() -> &'static str {
    "halls"
}

#[actix_web::main]
async fn main() {
    let app = init_service(App::new().service(room).service(rooms).service(halls)).await;
    for path in ["/rooms/7", "/rooms", "/halls", "/chambers"] {
        let answer = call_service(&app, TestRequest::with_uri(path).to_request()).await;
        assert_eq!(answer.status(), 500, "{path}");
    }
}
