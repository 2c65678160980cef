//! The routes. Each handler says who may call it.

#![expect(clippy::unused_async, reason = "a handler is asynchronous, whether or not it waits")]

use auth_poem::{Auth, AuthMiddleware, Realm, not_found, public, requires_auth};
use demo::User;
use demo::items::{Caller, Item, Me};
use poem::http::StatusCode;
use poem::{Endpoint, EndpointExt as _, IntoResponse, Route, get, handler};

use crate::json::{Json, NewItemBody};

/// The whole service.
pub(crate) fn app(realm: Realm<User>) -> impl Endpoint + 'static {
    Route::new()
        .at("/public", get(health))
        .at("/me", get(me))
        .at("/items", get(items).post(create_item))
        .at("/admin", get(admin))
        .at("/maybe", get(maybe))
        .at("/either", get(either))
        .at("/hidden", get(hidden))
        .at("/*path", not_found(&realm))
        .with(AuthMiddleware::new(realm).deny_undecided())
}

#[public(reason = "health check")]
#[handler]
async fn health() -> &'static str {
    "ok"
}

#[requires_auth(bearer, basic, api_key)]
#[handler]
async fn me(user: Auth<User>) -> Json<Me> {
    Json(Me { subject: user.subject.clone(), scheme: Auth::scheme(&user) })
}

#[requires_auth(bearer, basic, api_key, scope = "items:read")]
#[handler]
async fn items() -> Json<[Item; 1]> {
    Json(Item::all())
}

#[requires_auth(bearer, scope = "items:write")]
#[handler]
async fn create_item(NewItemBody(item): NewItemBody) -> impl IntoResponse {
    Json(Item::from(item)).with_status(StatusCode::CREATED)
}

#[requires_auth(bearer, basic, role = "admin")]
#[handler]
async fn admin(user: Auth<User>) -> Json<Caller> {
    Json(Caller::known(&user.subject))
}

#[requires_auth(bearer, optional)]
#[handler]
async fn maybe(user: Option<Auth<User>>) -> Json<Caller> {
    Json(Caller { subject: user.map(|user| user.subject.clone()) })
}

#[requires_auth(bearer, any(role = "admin", all(scope = "items:read", not(role = "guest"))))]
#[handler]
async fn either(user: Auth<User>) -> Json<Caller> {
    Json(Caller::known(&user.subject))
}

#[requires_auth(bearer, role = "admin", hide)]
#[handler]
async fn hidden(user: Auth<User>) -> Json<Caller> {
    Json(Caller::known(&user.subject))
}
