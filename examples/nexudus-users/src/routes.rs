//! The routes, and what holds for every answer.

use std::sync::Arc;

use auth_axum::{AuthLayer, MethodRouter, Router, any, get, post, public};
use auth_issuer::http::reply;
use axum::extract::Request;
use axum::http::header::{ALLOW, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Response};
use systems::one_authorization;

use crate::accept::Preference;
use crate::answer::Problem;
use crate::service::{Portal, Realms};
use crate::{humane, language, login, pages, profile, reset, tokens};

type Routes = Router<Arc<Portal>>;

/// The whole service.
pub(crate) fn app(portal: Arc<Portal>, realms: Realms) -> axum::Router {
    let staff = both(Routes::new(), "/sys/users/{id}/token/refresh", || post(tokens::refresh).get(tokens::refresh))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(|request, next| without_head(request, next, "GET, POST")))
        .route("/api/token", any(tokens::rest))
        .layer(AuthLayer::new(realms.rest));
    let open = both(Routes::new(), "/sys/users/token", || post(tokens::sign_in));
    let open = both(open, "/sys/users/resetPassword", || post(reset::by_post))
        .layer(from_fn(|request, next| one_authorization(request, next, two_credentials)));
    let api = both(open, "/sys/users/token/refresh", || post(tokens::renew)).layer(AuthLayer::new(realms.api));
    let effects = Routes::new()
        .route("/{language}/user/login", get(login::by_link))
        .route("/{language}/user/resetPassword", get(reset::by_get))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(|request, next| without_head(request, next, "GET")))
        .layer(from_fn(language::required));
    let bare_login = Routes::new()
        .route("/user/login", get(login::by_link))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(|request, next| without_head(request, next, "GET")));
    let pages = Routes::new()
        .route("/{language}/", get(profile::home))
        .route("/{language}/profile", get(profile::profile))
        .route("/{language}/user/newPassword", get(reset::form).post(reset::set))
        .route("/{language}/user/logout", post(login::sign_out))
        .layer(from_fn(humane::told))
        .layer(from_fn(language::required));
    let portal_pages = effects.merge(bare_login).merge(pages).layer(AuthLayer::new(realms.pages));
    Routes::new()
        .merge(staff)
        .merge(api)
        .merge(portal_pages)
        .route("/assets/portal.css", get(pages::style))
        .route("/assets/icon.svg", get(pages::icon))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(map_response(guarded))
        .with_state(portal)
        .into_axum()
}

/// Vendors' pages and clients write a path with or without `/api`, and with or without a slash at the end.
fn both(mut routes: Routes, path: &str, handlers: impl Fn() -> MethodRouter<Arc<Portal>>) -> Routes {
    for prefix in ["", "/api"] {
        for end in ["", "/"] {
            routes = routes.route(&format!("{prefix}{path}{end}"), handlers());
        }
    }
    routes
}

#[public(reason = "unknown path")]
async fn nothing_here(request: Request) -> Response {
    match Preference::of(request.headers()) {
        Preference::Page => pages::not_found(),
        _ => Problem::not_found().into_response(),
    }
}

#[public(reason = "wrong method")]
async fn wrong_method() -> Response {
    not_allowed()
}

/// What a GET does here, no HEAD must do (RFC 9110 §9.3.2): scanners of mail follow links with it.
async fn without_head(request: Request, next: Next, allowed: &'static str) -> Response {
    let is_head = request.method() == Method::HEAD;
    let mut answer = if is_head { not_allowed() } else { next.run(request).await };
    if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    }
    answer
}

fn not_allowed() -> Response {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "The method is not allowed.").into_response()
}

fn two_credentials() -> Response {
    Problem::bad_request("The request has more than one credential.").into_response()
}

/// No cache keeps what is said here, and no browser guesses what it is.
async fn guarded(answer: Response) -> Response {
    let mut answer = reply::uncached(answer);
    answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}
