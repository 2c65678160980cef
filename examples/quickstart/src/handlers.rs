//! The routes. Each handler says who may call it; a handler that does not say so cannot be mounted.

use auth_axum::{Auth, AuthLayer, Realm, Router, get, not_found, public, requires_auth};
use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::body::JsonBody;
use crate::catalogue_page::{CataloguePage, catalogue_page};
use crate::realm::User;

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

/// Who calls, and how it was proved.
#[derive(Serialize)]
struct Me {
    subject: String,
    scheme: &'static str,
}

/// Who calls; `null` for a guest.
#[derive(Serialize)]
struct Caller {
    subject: Option<String>,
}

#[derive(Serialize)]
struct Item {
    id: u32,
    name: String,
}

#[derive(Deserialize)]
struct NewItem {
    name: String,
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
    Json([Item { id: 1, name: "lamp".to_owned() }])
}

/// Keeps nothing: every new item is the second one.
#[requires_auth(bearer, scope = "items:write")]
async fn create_item(JsonBody(item): JsonBody<NewItem>) -> (StatusCode, Json<Item>) {
    (StatusCode::CREATED, Json(Item { id: 2, name: item.name }))
}

#[requires_auth(bearer, basic, role = "admin")]
async fn admin(user: Auth<User>) -> Json<Caller> {
    Caller::known(&user)
}

#[requires_auth(bearer, optional)]
async fn maybe(user: Option<Auth<User>>) -> Json<Caller> {
    Json(Caller { subject: user.map(|user| user.subject.clone()) })
}

#[requires_auth(bearer, any(role = "admin", all(scope = "items:read", not(role = "guest"))))]
async fn either(user: Auth<User>) -> Json<Caller> {
    Caller::known(&user)
}

#[requires_auth(bearer, role = "admin", hide)]
async fn hidden(user: Auth<User>) -> Json<Caller> {
    Caller::known(&user)
}

impl Caller {
    fn known(user: &User) -> Json<Self> {
        Json(Self { subject: Some(user.subject.clone()) })
    }
}
