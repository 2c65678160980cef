//! The routes. Each handler says who may call it; with one that does not say so the service does not launch.

#![expect(clippy::needless_pass_by_value, reason = "Rocket hands parameters over")]

use auth_rocket::{Auth, public, requires_auth};
use demo::User;
use demo::items::{Caller, Item, Me};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Route, get, post};

use crate::body::{BodyRefused, ItemBody};

/// The whole service.
pub(crate) fn routes() -> Vec<Route> {
    rocket::routes![health, me, items, create_item, admin, maybe, either, hidden]
}

#[public(reason = "health check")]
#[get("/public")]
fn health() -> &'static str {
    "ok"
}

#[requires_auth(bearer, basic, api_key)]
#[get("/me")]
fn me(user: Auth<User>) -> Json<Me> {
    Json(Me { subject: user.subject.clone(), scheme: Auth::scheme(&user) })
}

#[requires_auth(bearer, basic, api_key, scope = "items:read")]
#[get("/items")]
fn items() -> Json<[Item; 1]> {
    Json(Item::all())
}

/// Keeps nothing: every new item is the second one.
#[requires_auth(bearer, scope = "items:write")]
#[post("/items", data = "<item>")]
fn create_item(item: Result<ItemBody, BodyRefused>) -> Result<(Status, Json<Item>), BodyRefused> {
    let ItemBody(item) = item?;
    Ok((Status::Created, Json(item.into())))
}

#[requires_auth(bearer, basic, role = "admin")]
#[get("/admin")]
fn admin(user: Auth<User>) -> Json<Caller> {
    Json(Caller::known(&user.subject))
}

#[requires_auth(bearer, optional)]
#[get("/maybe")]
fn maybe(user: Option<Auth<User>>) -> Json<Caller> {
    Json(Caller { subject: user.map(|user| user.subject.clone()) })
}

#[requires_auth(bearer, any(role = "admin", all(scope = "items:read", not(role = "guest"))))]
#[get("/either")]
fn either(user: Auth<User>) -> Json<Caller> {
    Json(Caller::known(&user.subject))
}

#[requires_auth(bearer, role = "admin", hide)]
#[get("/hidden")]
fn hidden(user: Auth<User>) -> Json<Caller> {
    Json(Caller::known(&user.subject))
}
