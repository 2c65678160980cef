//! Services that authenticate nobody and are built like those that do: what axum itself charges for a layer that leaves
//! something in the request, and for extractors that find it.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::FromRequestParts;
use axum::routing::get;
use http::request::Parts;
use http::{Request, StatusCode};
use tower::Service;
use tower::layer::layer_fn;

use crate::app::ANSWER;

/// What the layer leaves.
#[derive(Clone)]
struct Left(Arc<()>);

/// Looks whether it is there.
struct Guard;

/// Keeps it.
struct Kept(Left);

pub(crate) fn once() -> Router {
    async fn handler(_: Guard) -> &'static str {
        ANSWER
    }
    Router::new().route("/", get(handler)).layer(layer_fn(Leaves))
}

pub(crate) fn twice() -> Router {
    async fn handler(_: Guard, kept: Kept) -> &'static str {
        std::hint::black_box(&kept.0.0);
        ANSWER
    }
    Router::new().route("/", get(handler)).layer(layer_fn(Leaves))
}

#[derive(Clone)]
struct Leaves<S>(S);

impl<S: Service<Request<B>>, B> Service<Request<B>> for Leaves<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        request.extensions_mut().insert(Left(Arc::new(())));
        self.0.call(request)
    }
}

impl<S: Sync> FromRequestParts<S> for Guard {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Left>().map(|_| Self).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl<S: Sync> FromRequestParts<S> for Kept {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Left>().cloned().map(Self).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
