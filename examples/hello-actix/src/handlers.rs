//! The routes. Each handler says who may call it; a handler that does not say so cannot be mounted.

use actix_web::HttpResponse;
use actix_web::web::{Json, PayloadConfig, ServiceConfig, resource};
use auth_actix::{Auth, get, head, post, public, requires_auth};
use demo::User;
use demo::items::{Caller, Item, MAX_BODY, Me};

use crate::body::ItemBody;

/// The whole service. HEAD is answered like GET, without the body.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(MAX_BODY))
        .service(resource("/public").route(get().to(health)).route(head().to(health)))
        .service(resource("/me").route(get().to(me)).route(head().to(me)))
        .service(resource("/items").route(get().to(items)).route(head().to(items)).route(post().to(create_item)))
        .service(resource("/admin").route(get().to(admin)).route(head().to(admin)))
        .service(resource("/maybe").route(get().to(maybe)).route(head().to(maybe)))
        .service(resource("/either").route(get().to(either)).route(head().to(either)))
        .service(resource("/hidden").route(get().to(hidden)).route(head().to(hidden)));
}

#[public(reason = "health check")]
async fn health() -> &'static str {
    "ok"
}

#[requires_auth(bearer, basic, api_key)]
async fn me(user: Auth<User>) -> Json<Me> {
    Json(Me { subject: user.subject.clone(), scheme: Auth::scheme(&user) })
}

#[requires_auth(bearer, basic, api_key, scope = "items:read")]
async fn items() -> Json<[Item; 1]> {
    Json(Item::all())
}

/// Keeps nothing: every new item is the second one.
#[requires_auth(bearer, scope = "items:write")]
async fn create_item(ItemBody(item): ItemBody) -> HttpResponse {
    HttpResponse::Created().json(Item::from(item))
}

#[requires_auth(bearer, basic, role = "admin")]
async fn admin(user: Auth<User>) -> Json<Caller> {
    Json(Caller::known(&user.subject))
}

#[requires_auth(bearer, optional)]
async fn maybe(user: Option<Auth<User>>) -> Json<Caller> {
    Json(Caller { subject: user.map(|user| user.subject.clone()) })
}

#[requires_auth(bearer, any(role = "admin", all(scope = "items:read", not(role = "guest"))))]
async fn either(user: Auth<User>) -> Json<Caller> {
    Json(Caller::known(&user.subject))
}

#[requires_auth(bearer, role = "admin", hide)]
async fn hidden(user: Auth<User>) -> Json<Caller> {
    Json(Caller::known(&user.subject))
}
