//! Every way to mount an annotated handler, and what is on record of it.
#![deny(warnings)]

use auth_axum::{MethodRouter, Router, any, connect, delete, get, head, on, options, patch, post, public, put, requires_auth, trace};
use axum::Extension;
use axum::handler::Handler as _;
use axum::routing::MethodFilter;

#[requires_auth(bearer)]
async fn list() {}

#[public(reason = "unknown path")]
async fn lost() {}

fn main() {
    let inner: Router = Router::new()
        .route("/", any(list))
        .route("/on", on(MethodFilter::GET.or(MethodFilter::PUT), list))
        .fallback(lost);
    let app: Router = Router::new()
        .route("/", get(list).post(list).put(list).patch(list).delete(list))
        .route("/more", head(list).options(list).trace(list).connect(list))
        .route("/each", delete(list).merge(put(list)).fallback(lost))
        .route("/layered", patch(list.layer(Extension(1_u8))).route_layer(Extension(2_u8)))
        .route("/empty", MethodRouter::new())
        .merge(Router::new().route("/o", options(list)).route("/p", post(list)))
        .merge(Router::new().route("/t", trace(list)).route("/c", connect(list)))
        .nest("/v1", inner)
        .fallback(lost)
        .method_not_allowed_fallback(lost)
        .layer(Extension(3_u8));
    let record: Vec<_> = app.routes().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(
        record,
        [
            "GET /", "POST /", "PUT /", "PATCH /", "DELETE /", "HEAD /more", "OPTIONS /more", "TRACE /more",
            "CONNECT /more", "DELETE /each", "PUT /each", "* /each", "PATCH /layered", "OPTIONS /o", "POST /p",
            "TRACE /t", "CONNECT /c", "* /v1", "GET /v1/on", "PUT /v1/on", "* /v1/*", "* *", "* *"
        ]
    );
    assert!(app.has_routes() && app.routes().iter().all(|route| route.endpoint().is_some()));
}
