//! The routes, and what holds for every answer.

use std::sync::Arc;

use auth_axum::{AuthLayer, Realm, Router, get, not_found, post, public, put};
use auth_issuer::http::reply;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, ORIGIN};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use systems::one_authorization;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::credentials::Caller;
use crate::envelope::{Problem, TWO_CREDENTIALS};
use crate::service::Coco;
use crate::{access_tokens, account, login};

/// The whole service.
pub fn app(coco: Arc<Coco>, realm: Realm<Caller>) -> Router {
    let cors = cors(&coco.settings.origins);
    let open = Router::new()
        .route("/account/login", post(login::login))
        .route("/provider/_info", get(account::provider_info))
        .layer(from_fn(|request, next| one_authorization(request, next, two_credentials)));
    Router::new()
        .merge(open)
        .route("/account/logout", get(login::logout).post(login::logout).head(login::no_head))
        .route("/account/profile", get(account::profile))
        .route("/account/password", put(account::change_password))
        .route("/auth/access_token", post(access_tokens::create))
        .route("/auth/access_token/_search", get(access_tokens::search))
        .route("/auth/access_token/{id}", put(access_tokens::update).delete(access_tokens::delete))
        .fallback(not_found(&realm))
        .method_not_allowed_fallback(wrong_method)
        .layer(AuthLayer::new(realm))
        .layer(map_response(uncached))
        .layer(cors)
        .with_state(coco)
}

#[public(reason = "wrong method")]
async fn wrong_method() -> Response {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method not allowed").into_response()
}

fn two_credentials() -> Response {
    Problem::bad_request(TWO_CREDENTIALS).into_response()
}

/// No cache keeps what is said here, and what the router refuses by itself has the common form too.
async fn uncached(answer: Response) -> Response {
    let answer = if answer.status().is_client_error() && !answer.headers().contains_key(CONTENT_TYPE) {
        let reason = answer.status().canonical_reason().unwrap_or("request refused");
        let (mut bare, _) = answer.into_parts();
        bare.headers.remove(CONTENT_LENGTH);
        let (written, body) = Problem::new(bare.status, reason).into_response().into_parts();
        bare.headers.extend(written.headers);
        Response::from_parts(bare, body)
    } else {
        answer
    };
    reply::uncached(answer)
}

/// What a browser may do for pages of other origins: those that the operator has named, and never any.
fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    let names = ["x-api-token", "x-service-id", "app-integration-id", "websocket-session-id"];
    let headers = [AUTHORIZATION, CONTENT_TYPE].into_iter().chain(names.map(HeaderName::from_static));
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS])
        .allow_headers(headers.collect::<Vec<_>>())
        .allow_credentials(true)
        .vary([ORIGIN])
}
