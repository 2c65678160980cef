//! The guard that the attribute adds to a handler.

use std::net::SocketAddr;

use auth_core::EndpointPolicy;
use auth_core::decision::{Handle, begin};
use auth_tower::HttpHead;
use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;

use crate::auth::Refusal;

auth_core::__adapter_require!();

impl<E, S> FromRequestParts<S> for Require<E>
where
    E: EndpointPolicy,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let check = begin(parts.extensions.get::<Handle>(), &head(parts), E::ENDPOINT);
        check.await?;
        Ok(Self::decided())
    }
}

/// The head of a request, with the peer that `into_make_service_with_connect_info::<SocketAddr>()` knows.
pub(crate) fn head(parts: &Parts) -> HttpHead<'_> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    HttpHead::of_parts(parts).with_peer(peer)
}
