//! actix-web-httpauth, which leaves the check to its user: with jsonwebtoken in it.

use std::sync::Arc;

use actix_web::dev::{Service as _, ServiceRequest};
use actix_web::error::ErrorUnauthorized;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpMessage as _, web};
use actix_web_httpauth::extractors::bearer::BearerAuth;
use actix_web_httpauth::middleware::HttpAuthentication;
use auth_request_bench::Failure;

use crate::service::{Called, FIELDS, Service, runtime};
use crate::tokens::{Claims, Token, jsonwebtoken_11};

fn request(token: &Token) -> impl Fn() -> actix_http::Request + use<> {
    let bearer = format!("Bearer {}", token.text());
    move || {
        let request = TestRequest::get().uri("/").insert_header(("authorization", bearer.as_str()));
        FIELDS.into_iter().fold(request, TestRequest::insert_header).to_request()
    }
}

pub(crate) fn bare(token: &Token) -> Result<Box<dyn Service>, Failure> {
    async fn handler() -> &'static str {
        "hello"
    }
    let runtime = runtime()?;
    let app = runtime.block_on(init_service(App::new().route("/", web::get().to(handler))));
    let call = move |request| {
        let answer = app.call(request);
        async move { answer.await.map_or(0, |answer| answer.status().as_u16()) }
    };
    Ok(Box::new(Called { runtime, make: request(token), call }))
}

pub(crate) fn httpauth(token: &Token) -> Result<Box<dyn Service>, Failure> {
    async fn handler(user: web::ReqData<Claims>) -> &'static str {
        std::hint::black_box(&user.sub);
        "hello"
    }
    let keys = Arc::new(jsonwebtoken_11(token)?);
    let validate = move |request: ServiceRequest, bearer: BearerAuth| {
        let keys = Arc::clone(&keys);
        async move {
            match jsonwebtoken::decode::<Claims>(bearer.token(), &keys.0, &keys.1) {
                Ok(claims) => {
                    request.extensions_mut().insert(claims.claims);
                    Ok::<_, (Error, ServiceRequest)>(request)
                }
                Err(error) => Err((ErrorUnauthorized(error), request)),
            }
        }
    };
    let runtime = runtime()?;
    let app = App::new().wrap(HttpAuthentication::bearer(validate)).route("/", web::get().to(handler));
    let app = runtime.block_on(init_service(app));
    let call = move |request| {
        let answer = app.call(request);
        async move { answer.await.map_or(0, |answer| answer.status().as_u16()) }
    };
    Ok(Box::new(Called { runtime, make: request(token), call }))
}
