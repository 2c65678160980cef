//! The routes. Each function says who may call it.

use std::convert::Infallible;

use auth_tower::{Auth, Realm, Refusal, not_found, public, requires_auth};
use demo::User;
use demo::items::{Caller, Item, Me};
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};

use crate::answer::{Answer, bad_body, json, method_not_allowed, new_item, text};

/// Finds the function for a request.
pub(crate) async fn route(request: Request<Incoming>, realm: Realm<User>) -> Result<Answer, Infallible> {
    let answer = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/public") => health(request).await,
        (&Method::GET | &Method::HEAD, "/me") => me(request).await,
        (&Method::GET | &Method::HEAD, "/items") => items(request).await,
        (&Method::POST, "/items") => create_item(request).await,
        (&Method::GET | &Method::HEAD, "/admin") => admin(request).await,
        (&Method::GET | &Method::HEAD, "/maybe") => maybe(request).await,
        (&Method::GET | &Method::HEAD, "/either") => either(request).await,
        (&Method::GET | &Method::HEAD, "/hidden") => hidden(request).await,
        (_, "/items") => Ok(method_not_allowed("GET, HEAD, POST")),
        (_, "/public" | "/me" | "/admin" | "/maybe" | "/either" | "/hidden") => Ok(method_not_allowed("GET, HEAD")),
        _ => Ok(not_found(&realm, &request)),
    };
    Ok(answer.unwrap_or_else(Refusal::into_response))
}

#[public(reason = "health check")]
async fn health(request: Request<Incoming>) -> Result<Answer, Refusal> {
    Ok(text("ok"))
}

#[requires_auth(bearer, basic, api_key)]
async fn me(request: Request<Incoming>) -> Result<Answer, Refusal> {
    let user = Auth::<User>::of(&request).await?;
    Ok(json(StatusCode::OK, &Me { subject: user.subject.clone(), scheme: Auth::scheme(&user) }))
}

#[requires_auth(bearer, basic, api_key, scope = "items:read")]
async fn items(request: Request<Incoming>) -> Result<Answer, Refusal> {
    Ok(json(StatusCode::OK, &Item::all()))
}

#[requires_auth(bearer, scope = "items:write")]
async fn create_item(request: Request<Incoming>) -> Result<Answer, Refusal> {
    Ok(match new_item(request).await {
        Ok(new) => json(StatusCode::CREATED, &Item::from(new)),
        Err(why) => bad_body(why),
    })
}

#[requires_auth(bearer, basic, role = "admin")]
async fn admin(request: Request<Incoming>) -> Result<Answer, Refusal> {
    caller(&request).await
}

#[requires_auth(bearer, optional)]
async fn maybe(request: Request<Incoming>) -> Result<Answer, Refusal> {
    let user = Auth::<User>::of_guest(&request).await?;
    Ok(json(StatusCode::OK, &Caller { subject: user.map(|user| user.subject.clone()) }))
}

#[requires_auth(bearer, any(role = "admin", all(scope = "items:read", not(role = "guest"))))]
async fn either(request: Request<Incoming>) -> Result<Answer, Refusal> {
    caller(&request).await
}

#[requires_auth(bearer, role = "admin", hide)]
async fn hidden(request: Request<Incoming>) -> Result<Answer, Refusal> {
    caller(&request).await
}

async fn caller(request: &Request<Incoming>) -> Result<Answer, Refusal> {
    let user = Auth::<User>::of(request).await?;
    Ok(json(StatusCode::OK, &Caller::known(&user.subject)))
}
