//! The routes. Each handler says who may call it; a handler that does not say so cannot be mounted.

use auth_axum::{Auth, AuthLayer, Realm, Router, get, not_found, public, requires_auth};
use axum::Json;
use axum::http::StatusCode;
use demo::User;
use demo::items::{Caller, Item, Me};

use crate::body::ItemBody;
use crate::catalogue_page::{CataloguePage, catalogue_page};

/// The whole service.
pub(crate) fn app(realm: Realm<User>) -> Router {
    let routes = Router::new()
        .route("/", get(catalogue_page))
        .route("/public", get(health))
        .route("/me", get(me))
        .route("/items", get(items).post(create_item))
        .route("/admin", get(admin))
        .route("/maybe", get(maybe))
        .route("/either", get(either))
        .route("/hidden", get(hidden))
        .fallback(not_found(&realm));
    let page = CataloguePage::render(realm.name(), routes.routes());
    routes.layer(AuthLayer::new(realm)).with_state(page)
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
async fn create_item(ItemBody(item): ItemBody) -> (StatusCode, Json<Item>) {
    (StatusCode::CREATED, Json(item.into()))
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
