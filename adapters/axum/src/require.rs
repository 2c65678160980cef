//! The guard that the attribute adds to a handler.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use auth_core::EndpointPolicy;
use auth_core::decision::{Guard, Handle, guard};
use auth_tower::HttpHead;
use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::auth::Refusal;

auth_core::__adapter_require!();

impl<E, S> FromRequestParts<S> for Require<E>
where
    E: EndpointPolicy,
    S: Send + Sync,
{
    type Rejection = Refusal;

    fn from_request_parts(parts: &mut Parts, _: &S) -> impl Future<Output = Result<Self, Refusal>> + Send {
        Deciding(begin::<E>(parts), PhantomData)
    }
}

/// Begins to decide, in a place of its own where another guard has begun before.
fn begin<E: EndpointPolicy>(parts: &mut Parts) -> Guard {
    let handle = parts.extensions.get::<Handle>();
    if let Some(own) = handle.and_then(Handle::enter) {
        parts.extensions.insert(own);
        return guard(parts.extensions.get::<Handle>(), &HttpHead::of_parts(parts), E::ENDPOINT);
    }
    guard(handle, &HttpHead::of_parts(parts), E::ENDPOINT)
}

/// The guard's decision, which says what it proves. No `async` block: what that keeps of a request is copied with each.
struct Deciding<E>(Guard, PhantomData<fn() -> E>);

impl<E> Future for Deciding<E> {
    type Output = Result<Require<E>, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let decided = Pin::new(&mut self.get_mut().0).poll(cx);
        decided.map(|result| result.map(|()| Require::decided()).map_err(Refusal::from))
    }
}
