//! The guard that the attribute adds to a handler.

use auth_core::EndpointPolicy;
use auth_core::decision::{Handle, guard};
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

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        if let Some(own) = parts.extensions.get::<Handle>().and_then(Handle::enter) {
            parts.extensions.insert(own);
        }
        guard(parts.extensions.get::<Handle>(), &HttpHead::of_parts(parts), E::ENDPOINT).await?;
        Ok(Self::decided())
    }
}
