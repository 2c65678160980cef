//! Handlers without an attribute: what compiles is withheld, and what enforces a policy on a whole service.

use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpResponse, get, web};
use auth_actix::{Auth, AuthMiddleware, Realm, RequireMiddleware, not_found, public, requires_auth};
use auth_test::bearer;
use tokio::sync::watch;

use crate::log::Log;
use crate::rooms::{Tokens, User};

fn realm() -> Realm<User> {
    Realm::builder("rooms").bearer(Tokens(watch::channel(true).1)).build().expect("a good realm")
}

#[get("/bare")]
async fn bare() -> &'static str {
    "nobody has decided this"
}

#[public(reason = "health check")]
#[get("/health")]
async fn health() -> &'static str {
    "ok"
}

#[requires_auth(bearer)]
#[get("/mine")]
async fn mine() -> HttpResponse {
    HttpResponse::NotFound().body("you have none")
}

#[requires_auth(bearer, scope = "rooms:write")]
struct WritersOnly;

#[requires_auth(bearer)]
async fn inside(user: Auth<User>) -> String {
    user.0.clone()
}

#[actix_web::test]
async fn an_answer_that_nobody_decided_is_withheld() {
    let app =
        App::new().service(bare).service(health).service(mine).wrap(AuthMiddleware::new(realm()).deny_undecided());
    let service = init_service(app).await;
    for (method, path, token, status, body) in [
        ("GET", "/bare", None, 500, r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#),
        ("GET", "/bare", Some("writer"), 500, r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#),
        ("GET", "/health", None, 200, "ok"),
        ("GET", "/mine", Some("reader"), 404, "you have none"),
        ("GET", "/mine", None, 401, r#"{"type":"about:blank","title":"Unauthorized","status":401}"#),
        ("GET", "/nowhere", None, 404, ""),
        ("POST", "/bare", None, 404, ""),
    ] {
        let request = TestRequest::with_uri(path).method(method.parse().expect("a method"));
        let request = match token {
            Some(token) => request.insert_header(("authorization", bearer(token))),
            None => request,
        };
        let response = call_service(&service, request.to_request()).await;
        let got = (response.status().as_u16(), read_body(response).await);
        assert_eq!(got, (status, body.as_bytes().into()), "{method} {path} {token:?}");
    }
}

#[actix_web::test]
async fn the_operator_is_told_which_route_nobody_has_decided() {
    let log = Log::of_the_program();
    let scope = web::scope("/told").service(bare);
    let service = init_service(App::new().service(scope).wrap(AuthMiddleware::new(realm()).deny_undecided())).await;
    let request = TestRequest::with_uri("/told/bare?token=s3cr3t").to_request();
    assert_eq!(call_service(&service, request).await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(log.withheld("GET", "/told/bare"), 1, "{}", log.text());
    assert!(!log.text().contains("s3cr3t"));
}

#[actix_web::test]
async fn without_being_told_so_nothing_is_withheld() {
    let service = init_service(App::new().service(bare).wrap(AuthMiddleware::new(realm()))).await;
    let response = call_service(&service, TestRequest::with_uri("/bare").to_request()).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[actix_web::test]
async fn a_policy_is_enforced_on_a_whole_scope() {
    let scope = web::scope("/rooms")
        .service(bare)
        .route("/inside", auth_actix::get().to(inside))
        .wrap(RequireMiddleware::<WritersOnly>::new());
    let app = App::new()
        .service(scope)
        .default_service(not_found(&realm()))
        .wrap(AuthMiddleware::new(realm()).deny_undecided());
    let service = init_service(app).await;
    for (path, token, status, body) in [
        ("/rooms/bare", Some("writer"), 200, "nobody has decided this"),
        ("/rooms/inside", Some("writer"), 200, "writer"),
        ("/rooms/bare", Some("reader"), 403, r#"{"type":"about:blank","title":"Forbidden","status":403}"#),
        ("/rooms/bare", None, 401, r#"{"type":"about:blank","title":"Unauthorized","status":401}"#),
        ("/rooms/inside", Some("reader"), 403, r#"{"type":"about:blank","title":"Forbidden","status":403}"#),
        ("/rooms/none", None, 401, r#"{"type":"about:blank","title":"Unauthorized","status":401}"#),
        ("/none", None, 404, r#"{"type":"about:blank","title":"Not Found","status":404}"#),
    ] {
        let request = TestRequest::with_uri(path);
        let request = match token {
            Some(token) => request.insert_header(("authorization", bearer(token))),
            None => request,
        };
        let response = call_service(&service, request.to_request()).await;
        let got = (response.status().as_u16(), read_body(response).await);
        assert_eq!(got, (status, body.as_bytes().into()), "{path} {token:?}");
    }
}
