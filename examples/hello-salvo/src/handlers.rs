//! The routes. Each handler says who may call it; a route without that does not start.

use auth_salvo::{Auth, AuthHoop, Realm, UncoveredRoutes, check_routes, not_found, public, requires_auth};
use demo::User;
use demo::items::{Caller, Item, Me};
use salvo::prelude::*;

use crate::json::{CompactJson, NewItemBody};

/// The whole service.
pub(crate) fn service(realm: Realm<User>) -> Result<Service, UncoveredRoutes> {
    let unknown_path = not_found(&realm);
    // salvo answers HEAD where it is told to.
    let router = Router::with_hoop(AuthHoop::new(realm))
        .push(Router::with_path("public").get(health).head(health))
        .push(Router::with_path("me").get(me).head(me))
        .push(Router::with_path("items").get(items).head(items).post(create_item))
        .push(Router::with_path("admin").get(admin).head(admin))
        .push(Router::with_path("maybe").get(maybe).head(maybe))
        .push(Router::with_path("either").get(either).head(either))
        .push(Router::with_path("hidden").get(hidden).head(hidden));
    check_routes(&router).run()?;
    Ok(Service::new(router).hoop(unknown_path))
}

#[public(reason = "health check")]
#[handler]
fn health() -> &'static str {
    "ok"
}

#[requires_auth(bearer, basic, api_key)]
#[handler]
fn me(user: Auth<User>) -> CompactJson<Me> {
    CompactJson(Me { subject: user.subject.clone(), scheme: Auth::scheme(&user) })
}

#[requires_auth(bearer, basic, api_key, scope = "items:read")]
#[handler]
fn items() -> CompactJson<[Item; 1]> {
    CompactJson(Item::all())
}

#[requires_auth(bearer, scope = "items:write")]
#[handler]
fn create_item(item: NewItemBody, response: &mut Response) -> CompactJson<Item> {
    response.status_code(StatusCode::CREATED);
    CompactJson(item.0.into())
}

#[requires_auth(bearer, basic, role = "admin")]
#[handler]
fn admin(user: Auth<User>) -> CompactJson<Caller> {
    CompactJson(Caller::known(&user.subject))
}

#[requires_auth(bearer, optional)]
#[handler]
fn maybe(user: Option<Auth<User>>) -> CompactJson<Caller> {
    CompactJson(Caller { subject: user.map(|user| user.subject.clone()) })
}

#[requires_auth(bearer, any(role = "admin", all(scope = "items:read", not(role = "guest"))))]
#[handler]
fn either(user: Auth<User>) -> CompactJson<Caller> {
    CompactJson(Caller::known(&user.subject))
}

#[requires_auth(bearer, role = "admin", hide)]
#[handler]
fn hidden(user: Auth<User>) -> CompactJson<Caller> {
    CompactJson(Caller::known(&user.subject))
}
