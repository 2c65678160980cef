//! The functions. Each says who may call it; without a filter that decides so it cannot be called.

use auth_warp::{Auth, public, requires_auth};
use demo::User;
use demo::items::{Caller, Item, Me, NewItem};
use warp::Reply;
use warp::http::StatusCode;
use warp::reply::{Json, json, with_status};

#[public(reason = "health check")]
pub(crate) async fn health() -> &'static str {
    "ok"
}

#[requires_auth(bearer, basic, api_key)]
pub(crate) async fn me(user: Auth<User>) -> Json {
    json(&Me { subject: user.subject.clone(), scheme: Auth::scheme(&user) })
}

#[requires_auth(bearer, basic, api_key, scope = "items:read")]
pub(crate) async fn items() -> Json {
    json(&Item::all())
}

#[requires_auth(bearer, scope = "items:write")]
pub(crate) async fn create_item(new: NewItem) -> impl Reply {
    with_status(json(&Item::from(new)), StatusCode::CREATED)
}

#[requires_auth(bearer, basic, role = "admin")]
pub(crate) async fn admin(user: Auth<User>) -> Json {
    json(&Caller::known(&user.subject))
}

#[requires_auth(bearer, optional)]
pub(crate) async fn maybe(user: Option<Auth<User>>) -> Json {
    json(&Caller { subject: user.map(|user| user.subject.clone()) })
}

#[requires_auth(bearer, any(role = "admin", all(scope = "items:read", not(role = "guest"))))]
pub(crate) async fn either(user: Auth<User>) -> Json {
    json(&Caller::known(&user.subject))
}

#[requires_auth(bearer, role = "admin", hide)]
pub(crate) async fn hidden(user: Auth<User>) -> Json {
    json(&Caller::known(&user.subject))
}
