//! Each order is right with actix-web. There is no middleware, so nobody gets in.
#![deny(warnings)]

use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::{Path, scope};
use actix_web::{App, get, route, routes};
use auth_actix::requires_auth;

mod above {
    use super::*;

    #[requires_auth(bearer)]
    #[get("/rooms/{id}")]
    pub(super) async fn room(id: Path<u32>) -> String {
        id.to_string()
    }

    #[requires_auth(bearer)]
    #[route("/rooms", method = "GET", method = "POST")]
    pub(super) async fn rooms() -> &'static str {
        "rooms"
    }

    #[requires_auth(bearer)]
    #[routes]
    #[get("/halls")]
    #[get("/chambers")]
    pub(super) async fn halls() -> &'static str {
        "halls"
    }
}

mod below {
    use super::*;

    #[get("/rooms/{id}")]
    #[requires_auth(bearer)]
    pub(super) async fn room(id: Path<u32>) -> String {
        id.to_string()
    }

    #[route("/rooms", method = "GET", method = "POST")]
    #[requires_auth(bearer)]
    pub(super) async fn rooms() -> &'static str {
        "rooms"
    }

    #[routes]
    #[get("/halls")]
    #[get("/chambers")]
    #[requires_auth(bearer)]
    pub(super) async fn halls() -> &'static str {
        "halls"
    }
}

#[actix_web::test]
async fn each_order_guards() {
    let above = scope("/above").service(above::room).service(above::rooms).service(above::halls);
    let below = scope("/below").service(below::room).service(below::rooms).service(below::halls);
    let app = init_service(App::new().service(above).service(below)).await;
    for order in ["/above", "/below"] {
        for path in ["/rooms/7", "/rooms", "/halls", "/chambers"] {
            let answer = call_service(&app, TestRequest::with_uri(&format!("{order}{path}")).to_request()).await;
            assert_eq!(answer.status(), 500, "{order}{path}");
        }
    }
}
