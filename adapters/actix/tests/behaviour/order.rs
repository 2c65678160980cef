//! Wherever the attribute stands among those of actix-web, it holds.

use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, get, route, routes};
use auth_actix::{AuthMiddleware, Realm, requires_auth};
use auth_test::bearer;
use tokio::sync::watch;

use crate::rooms::{Tokens, User};

#[requires_auth(bearer)]
#[get("/one/above")]
async fn one_above() -> &'static str {
    "ok"
}

#[get("/one/below")]
#[requires_auth(bearer)]
async fn one_below() -> &'static str {
    "ok"
}

#[requires_auth(bearer)]
#[route("/two/above", method = "GET", method = "POST")]
async fn methods_above() -> &'static str {
    "ok"
}

#[route("/two/below", method = "GET", method = "POST")]
#[requires_auth(bearer)]
async fn methods_below() -> &'static str {
    "ok"
}

#[requires_auth(bearer)]
#[routes]
#[get("/many/above")]
#[get("/many/above/too")]
async fn many_above() -> &'static str {
    "ok"
}

#[routes]
#[requires_auth(bearer)]
#[get("/many/inside")]
#[get("/many/inside/too")]
async fn many_inside() -> &'static str {
    "ok"
}

#[routes]
#[get("/many/between")]
#[requires_auth(bearer)]
#[get("/many/between/too")]
async fn many_between() -> &'static str {
    "ok"
}

#[routes]
#[get("/many/below")]
#[get("/many/below/too")]
#[requires_auth(bearer)]
async fn many_below() -> &'static str {
    "ok"
}

#[actix_web::test]
async fn no_order_leaves_a_handler_open() {
    let realm = Realm::<User>::builder("rooms").bearer(Tokens(watch::channel(true).1)).build().expect("a good realm");
    let app = App::new()
        .service(one_above)
        .service(one_below)
        .service(methods_above)
        .service(methods_below)
        .service(many_above)
        .service(many_inside)
        .service(many_between)
        .service(many_below)
        .wrap(AuthMiddleware::new(realm));
    let service = init_service(app).await;
    for path in [
        "/one/above",
        "/one/below",
        "/two/above",
        "/two/below",
        "/many/above",
        "/many/above/too",
        "/many/inside",
        "/many/inside/too",
        "/many/between",
        "/many/between/too",
        "/many/below",
        "/many/below/too",
    ] {
        for (token, status) in [("reader", 200), ("unknown", 401)] {
            let request = TestRequest::with_uri(path).insert_header(("authorization", bearer(token)));
            assert_eq!(call_service(&service, request.to_request()).await.status(), status, "{path} {token}");
        }
        assert_eq!(call_service(&service, TestRequest::with_uri(path).to_request()).await.status(), 401, "{path}");
    }
}
