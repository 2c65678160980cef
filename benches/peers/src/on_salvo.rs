//! Salvo's jwt-auth.

use std::sync::Arc;

use auth_request_bench::Failure;
use salvo::http::ReqBody;
use salvo::http::uri::Scheme;
use salvo::jwt_auth::{ConstDecoder, HeaderFinder, JwtAuth, JwtAuthDepotExt as _, JwtAuthState};
use salvo::{Depot, Router, handler};

use crate::service::{Called, Service, bearer, request, runtime};
use crate::tokens::{Claims, Token, jsonwebtoken_11};

#[handler]
async fn hello() -> &'static str {
    "hello"
}

#[handler]
async fn guarded(depot: &mut Depot) -> &'static str {
    assert_eq!(depot.jwt_auth_state(), JwtAuthState::Authorized);
    std::hint::black_box(depot.jwt_auth_data::<Claims>().map(|token| &token.claims.sub));
    "hello"
}

pub(crate) fn bare(token: &Token) -> Result<Box<dyn Service>, Failure> {
    service(Router::new().get(hello), token)
}

pub(crate) fn jwt_auth(token: &Token) -> Result<Box<dyn Service>, Failure> {
    let (key, rules) = jsonwebtoken_11(token)?;
    let auth: JwtAuth<Claims, _> =
        JwtAuth::new(ConstDecoder::with_validation(key, rules)).finders(vec![Box::new(HeaderFinder::new())]);
    service(Router::new().hoop(auth).get(guarded), token)
}

fn service(router: Router, token: &Token) -> Result<Box<dyn Service>, Failure> {
    let bearer = bearer(token)?;
    let service = Arc::new(salvo::Service::new(router));
    let call = move |request: salvo::Request| {
        let service = Arc::clone(&service);
        async move { service.handle(request).await.status_code.map_or(0, |status| status.as_u16()) }
    };
    let make = move || salvo::Request::from_hyper(request(&bearer, ReqBody::None), Scheme::HTTP);
    Ok(Box::new(Called { runtime: runtime()?, make, call }))
}
