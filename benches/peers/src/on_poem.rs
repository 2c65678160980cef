//! The bearer scheme of poem-openapi, which leaves the check to its user: with jsonwebtoken in it.

#![expect(clippy::unused_async, reason = "the macros want it")]

use std::sync::Arc;

use auth_request_bench::Failure;
use http::Method;
use jsonwebtoken::{DecodingKey, Validation};
use poem::{Endpoint, EndpointExt as _, Request, Route};
use poem_openapi::auth::Bearer;
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService, SecurityScheme};

use crate::service::{Called, FIELDS, ServersOwn, Service, runtime};
use crate::tokens::{Claims, Token, jsonwebtoken_11};

type Keys = Arc<(DecodingKey, Validation)>;

#[derive(SecurityScheme)]
#[oai(ty = "bearer", checker = "check")]
struct User(Claims);

async fn check(request: &Request, bearer: Bearer) -> Option<Claims> {
    let keys = request.data::<Keys>()?;
    Some(jsonwebtoken::decode::<Claims>(&bearer.token, &keys.0, &keys.1).ok()?.claims)
}

struct Bare;

#[OpenApi]
impl Bare {
    #[oai(path = "/", method = "get")]
    async fn hello(&self) -> PlainText<&'static str> {
        PlainText("hello")
    }
}

struct Guarded;

#[OpenApi]
impl Guarded {
    #[oai(path = "/", method = "get")]
    async fn hello(&self, user: User) -> PlainText<&'static str> {
        std::hint::black_box(&user.0.sub);
        PlainText("hello")
    }
}

pub(crate) fn bare(token: &Token) -> Result<Box<dyn Service>, Failure> {
    let keys: Keys = Arc::new(jsonwebtoken_11(token)?);
    service(Route::new().nest("/", OpenApiService::new(Bare, "bench", "1.0")).data(keys), token)
}

pub(crate) fn openapi(token: &Token) -> Result<Box<dyn Service>, Failure> {
    let keys: Keys = Arc::new(jsonwebtoken_11(token)?);
    service(Route::new().nest("/", OpenApiService::new(Guarded, "bench", "1.0")).data(keys), token)
}

fn service(app: impl Endpoint + 'static, token: &Token) -> Result<Box<dyn Service>, Failure> {
    let bearer = format!("Bearer {}", token.text());
    let make = move || {
        let request = Request::builder().method(Method::GET).header("authorization", bearer.as_str());
        let request = FIELDS.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        request.extension(ServersOwn).finish()
    };
    let app = Arc::new(app);
    let call = move |request| {
        let app = Arc::clone(&app);
        async move { app.get_response(request).await.status().as_u16() }
    };
    Ok(Box::new(Called { runtime: runtime()?, make, call }))
}
