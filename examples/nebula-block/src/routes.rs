//! The routes, and what holds for every answer.

use std::sync::Arc;

use auth_axum::{AuthLayer, MethodRouter, Realm, Router, delete, get, not_found, post, public};
use axum::http::StatusCode;
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};

use auth_issuer::http::reply;
use systems::one_authorization;

use crate::credentials::Caller;
use crate::envelope::{Failure, TWO_CREDENTIALS};
use crate::service::Nebula;
use crate::{api_keys, login, users};

/// The whole service: everything at `/api/v1`, where the vendor has it, and at the root, as the documents write it.
pub(crate) fn app(nebula: Arc<Nebula>, realm: Realm<Caller>) -> Router {
    Router::new()
        .nest("/api/v1", endpoints())
        .merge(endpoints())
        .fallback(not_found(&realm))
        .method_not_allowed_fallback(wrong_method)
        .layer(AuthLayer::new(realm))
        .layer(map_response(uncached))
        .with_state(nebula)
}

fn endpoints() -> Router<Arc<Nebula>> {
    // One page of the documents has a hyphen, another an underscore.
    let router = ["/api-keys", "/api_keys"].into_iter().fold(Router::new(), |router, path| {
        let one: MethodRouter<_> = delete(api_keys::delete);
        router.route(path, get(api_keys::list).post(api_keys::create)).route(&format!("{path}/{{id}}"), one)
    });
    let open = Router::new()
        .route("/login", post(login::login))
        .layer(from_fn(|request, next| one_authorization(request, next, two_credentials)));
    router.merge(open).route("/users/credits", get(users::credits)).route("/admin/users", get(users::all))
}

#[public(reason = "wrong method")]
async fn wrong_method() -> Response {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").into_response()
}

fn two_credentials() -> Response {
    Failure::new(StatusCode::BAD_REQUEST, TWO_CREDENTIALS).into_response()
}

/// No cache keeps what is said here.
async fn uncached(answer: Response) -> Response {
    reply::uncached(answer)
}
